import { isOver, type RunState, transitions } from '../../shared/runs/states.ts';
import { mostRuns, type Status } from '../cli/read-status.ts';
import type { Steering } from './command.ts';

const openStates = (Object.keys(transitions) as RunState[]).filter((state) => !isOver(state));
/** Runs of one page of the control API. */
const page = 200;

/** How a local cloud is doing, by its control API: it has neither versions of functions nor a job that calls the tick. */
export async function readLocalStatus({ api, told }: Steering): Promise<Status> {
  const [project, { agents }] = await Promise.all([
    told(api.v1.project.$get(), 'release'),
    told(api.v1.agents.$get(), 'agents'),
  ]);
  const counts = new Map<string, number>(openStates.map((state) => [state, 0]));
  let cursor: string | null | undefined;
  for (let looked = 0; cursor !== null && looked < mostRuns; looked += page) {
    const query = {
      state: openStates.join(','),
      limit: String(page),
      ...(cursor ? { cursor } : {}),
    };
    const found = await told(api.v1.runs.$get({ query }), 'runs', 'next');
    for (const { state } of found.runs) counts.set(state, (counts.get(state) ?? 0) + 1);
    cursor = found.next;
  }
  return {
    release: { id: project.release, publishedAt: project.publishedAt },
    paused: project.paused,
    agents: agents.map(({ name, queued, inFlight, paused, failures }) => ({
      agent: name,
      queued,
      inFlight: inFlight.length,
      isPaused: paused !== null,
      failures,
    })),
    runs: Object.fromEntries(counts),
    functions: [],
    tick: null,
  };
}
