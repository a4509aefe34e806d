import { concurrencyKeyOf } from '../agents/concurrency.ts';
import { readAgentState, readCurrent, saidOfPause } from '../agents/state.ts';
import { type Actor, auditWrite } from '../audit/audit.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Published } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { admission, configurationOf } from './admit.ts';
import { chooseRunId } from './choose-id.ts';
import { inputWrites, readInput } from './input.ts';
import type { Run } from './run.ts';
import type { TracePlace } from './trace.ts';
import type { OriginTrigger } from './trigger.ts';
import { wakeDispatch } from './wake.ts';

/** A run that a person asks for. */
export interface RunRequest {
  agent: string;
  /** What the id derives from: the same request made twice is one run (D3). */
  cause: string;
  trigger: OriginTrigger;
  context: WebhookContext | null;
  prompt: string | null;
  /** The finished run that it repeats. Default: none. */
  before?: string;
  /** Its place in the trace of whoever asks. */
  asker?: TracePlace | undefined;
  actor: Actor;
  /** The audit entry's verb. */
  action: string;
}

/** What a request for a run came to. */
export type Requested =
  | {
      ok: true;
      runId: string;
      /** False when this very request had been made before: this is its run. */
      isNew: boolean;
      /** Why it does not start although it is admitted, when its agent or the project is paused (D10). */
      held: string | null;
    }
  | { ok: false; code: RequestRefusal; why: string };

export type RequestRefusal =
  | 'unknown_agent'
  /** Its scale is 0. */
  | 'disabled'
  | 'prompt_too_long'
  /** The idempotency key belongs to another request. */
  | 'key_reused'
  | 'unknown_run'
  | 'not_over';

/** Admits a run that a person asks for, in one commit with the audit entry, and wakes its agent. */
export async function requestRun(
  ports: Ports,
  settings: Settings,
  published: Published,
  request: RunRequest,
): Promise<Requested> {
  const { agent: name, cause, actor, action } = request;
  const agent = agentIn(published.release, name);
  if (!agent) {
    return { ok: false, code: 'unknown_agent', why: `the project has no agent ${name}` };
  }
  if (agent.scale === 0) {
    return { ok: false, code: 'disabled', why: `${name} is disabled: its scale is 0` };
  }
  const { runId, isNew } = await optimistically(ports, async (commit) => {
    const { id, isTaken } = await chooseRunId(ports, name, cause);
    if (isTaken) return { runId: id, isNew: false };
    const now = ports.clock.now();
    await commit([
      admission(settings, {
        id,
        agent: name,
        cause,
        release: published.id,
        configuration: configurationOf(agent, published.release),
        context: request.context,
        prompt: request.prompt,
        concurrencyKey: concurrencyKeyOf(agent, request.context),
        trigger: request.trigger,
        asker: request.asker,
        ...(request.before === undefined ? {} : { before: request.before }),
        why: whyOf(request),
        now,
      }),
      ...inputWrites(id, request.prompt, now),
      auditWrite(ports, actor, action, `runs/${id}`),
    ]);
    return { runId: id, isNew: true };
  });
  if (!isNew && !(await isRunOf(ports, runId, request))) {
    const why = 'its idempotency key was used for another request: take a new one';
    return { ok: false, code: 'key_reused', why };
  }
  await wakeDispatch(ports, name);
  return { ok: true, runId, isNew, held: await heldBy(ports, name) };
}

function whyOf({ actor, before }: RunRequest): string {
  const what =
    before === undefined ? `${actor.who} asked for it` : `${actor.who} repeats ${before}`;
  return actor.why === '' ? what : `${what}: ${actor.why}`;
}

async function isRunOf(ports: Ports, runId: string, request: RunRequest): Promise<boolean> {
  const run = await ports.documents.get<Run>(`runs/${runId}`);
  return run !== undefined && (await readInput(ports, run)) === request.prompt;
}

/** Who holds the agent's runs back now, as half a sentence for whoever asked; null when nobody does. */
async function heldBy(ports: Ports, agent: string): Promise<string | null> {
  const [state, project] = await Promise.all([readAgentState(ports, agent), readCurrent(ports)]);
  const { paused } = state.data;
  if (paused) return saidOfPause(agent, paused);
  return project?.data.paused ? saidOfPause('the project', project.data.paused) : null;
}
