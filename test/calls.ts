import type { Call } from '../shared/calls/call.ts';
import { type Called, type CallRequest, callAgent } from '../shared/calls/call-agent.ts';
import { type CallRead, readCall } from '../shared/calls/read-call.ts';
import type { Document } from '../shared/ports/index.ts';
import type { Project } from '../shared/projects/project.ts';
import type { Run } from '../shared/runs/run.ts';
import { ask } from './ask.ts';
import { settings } from './sim/place.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** A world whose containers run until they are told to exit, and in which tests speak for them. */
export interface Callers {
  world: World;
  /** A run of this agent that a person started, and that runs now. */
  start(agent: string): Promise<string>;
  /** What this run asks of another agent. What follows from it is not waited for. */
  request(run: string, target: string, more?: Partial<CallRequest>): Promise<Called>;
  /** The same where it is accepted, with everything that follows from it. */
  call(run: string, target: string, context?: string): Promise<{ callId: string; runId: string }>;
  /** How the call stands, as this run sees it. */
  read(run: string, callId: string): Promise<CallRead>;
  record(callId: string): Promise<Call>;
  records(): Promise<Document<Call>[]>;
  secretOf(run: string): string;
}

export async function createCallers(
  project: Project,
  options: Partial<WorldOptions> = {},
): Promise<Callers> {
  const secrets = new Map<string, string>();
  const { container = () => 'runs' as const, ...others } = options;
  const world = await createWorld({
    project,
    ...others,
    container: (start) => {
      const secret = start.env.SHUTDOWN_SECRET ?? '';
      secrets.set(secret.split('.')[0] ?? '', secret);
      return container(start);
    },
  });
  const secretOf = (run: string): string => secrets.get(run) ?? '';
  const request: Callers['request'] = (run, target, more) =>
    callAgent(world.ports, settings, world.releases, {
      secret: secretOf(run),
      target,
      context: 'Count the sheep.',
      key: null,
      wantsAnswer: true,
      ...more,
    });
  const records: Callers['records'] = () =>
    world.ports.documents.query<Call>({ collection: 'calls', limit: 1_000 });
  return {
    world,
    secretOf,
    request,
    records,
    start: async (agent) => {
      const run = await ask(world, agent);
      await world.settle();
      return run;
    },
    call: async (run, target, context = 'Count the sheep.') => {
      const called = await request(run, target, { context });
      if (called.outcome !== 'accepted') throw new Error(JSON.stringify(called));
      // Admissions of one millisecond have no order.
      await world.advance(1);
      return called;
    },
    read: (run, callId) => readCall(world.ports, { secret: secretOf(run), callId }),
    record: async (callId) => {
      const found = (await records()).find(({ id }) => id === callId);
      if (!found) throw new Error(`no call ${callId}`);
      return found.data;
    },
  };
}

/** Runs by id. */
export async function runsById({ ports }: World): Promise<Map<string, Run>> {
  const found = await ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
  return new Map(found.map(({ id, data }) => [id, data]));
}
