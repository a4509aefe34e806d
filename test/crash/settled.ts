import type { AgentState } from '../../shared/agents/state.ts';
import type { Call } from '../../shared/calls/call.ts';
import type { Lock } from '../../shared/locks/lock.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';

/** What is still to be done in a world, a line each; empty when everything has converged. Runs of `open` may go on or wait. */
export async function unsettled(world: World, open: ReadonlySet<string>): Promise<string[]> {
  const { documents, jobs, secrets } = world.ports;
  const limit = 10_000;
  const [runs, agents, project, locks, calls, kept, made] = await Promise.all([
    documents.query<Run>({ collection: 'runs', limit }),
    documents.query<AgentState>({ collection: 'agents', limit }),
    documents.get<Current>(currentPath),
    documents.query<Lock>({ collection: 'locks', limit }),
    documents.query<Call>({ collection: 'calls', limit }),
    secrets.list({ drover: 'run' }),
    jobs.list({ drover: 'run' }),
  ]);
  const states = new Map(runs.map(({ id, data }) => [id, data.state]));
  const isDone = (id: string): boolean => isOver(states.get(id) ?? 'lost');
  const slots = [...agents, ...(project ? [project] : [])].flatMap(({ path, data }) =>
    data.inFlight.filter(isDone).map((id) => `${path} has a slot for ${id}`),
  );
  return [
    ...runs
      .filter(({ id, data }) => !open.has(id) && !(isOver(data.state) && data.cleanedAt !== null))
      .map(({ id, data }) => `${id} is ${data.state} and not cleaned up`),
    ...runs
      .filter(({ data }) => data.cleanedAt !== null && data.dueAt !== null)
      .map(({ id }) => `${id} is cleaned up and still due`),
    ...runs
      .filter(({ data }) => data.dueAt === null && data.published !== data.events + 1)
      .map(({ id, data }) => `${id} is due no more and told up to ${data.published}`),
    ...slots,
    ...locks.flatMap(({ data: { holder, key } }) =>
      holder !== null && isDone(holder) ? [`${holder} is over and holds ${key}`] : [],
    ),
    ...calls.flatMap(({ id, data: { state, caller, run } }) =>
      state === 'pending' && (isDone(caller) || (run !== null && isDone(run)))
        ? [`the call ${id} is open and nobody is there to answer or to ask`]
        : [],
    ),
    ...[...kept, ...made].flatMap(({ id, labels }) =>
      isDone(labels['drover-run'] ?? '') ? [`${id} is left`] : [],
    ),
  ];
}
