import type { Write } from '../../shared/ports/index.ts';
import { isOver, type RunState, transitions } from '../../shared/runs/states.ts';

/** What the commits say of one run. */
export interface Known {
  agent: string;
  /** When it was admitted, in ms since the epoch: those of one ms have no order. */
  admitted: number;
  state: RunState;
  isClean: boolean;
  /** How often its launch was tried. */
  launches: number;
}

/** Where the runs of an agent stand. */
export interface Standing {
  queued: number;
  inFlight: number;
}

/** Keeps up with every run, from the commits alone. */
export interface Ledger {
  runs: ReadonlyMap<string, Known>;
  /** Runs in each state now. */
  count: { [state in RunState]: number };
  /** Runs of each agent that are queued, and those that have one of its slots. */
  agents: ReadonlyMap<string, Standing>;
  /** Runs that are over and cleaned up. */
  clean(): number;
  /** Those of them that nobody has taken off this list yet. */
  cleaned: string[];
  /** Runs that got their slot before one of their agent that was admitted earlier. */
  overtaking: string[];
  /** Runs that ended otherwise than well, by reason. */
  ended: Map<string, number>;
  committed(writes: readonly Write[]): void;
}

const runPath = /^runs\/([^/]+)$/;

export function createLedger(now: () => number): Ledger {
  const runs = new Map<string, Known>();
  const count = Object.fromEntries(
    Object.keys(transitions).map((state) => [state, 0]),
  ) as Ledger['count'];
  const overtaking: string[] = [];
  const cleaned: string[] = [];
  const ended = new Map<string, number>();
  /** The latest admission that got a slot, by agent. */
  const latest = new Map<string, number>();
  const agents = new Map<string, Standing>();
  let clean = 0;

  /** Counts `by` more runs of an agent in a state. */
  const stand = (agent: string, state: RunState, by: number): void => {
    const now = agents.get(agent) ?? { queued: 0, inFlight: 0 };
    if (state === 'queued') now.queued += by;
    else if (!isOver(state)) now.inFlight += by;
    agents.set(agent, now);
  };
  const admit = (id: string, agent: string): void => {
    runs.set(id, {
      agent,
      admitted: now(),
      state: 'queued',
      isClean: false,
      launches: 0,
    });
    count.queued += 1;
    stand(agent, 'queued', 1);
  };
  const move = (id: string, run: Known, to: RunState, reason: unknown): void => {
    if (run.state === 'queued' && to === 'launching') {
      if (run.admitted < (latest.get(run.agent) ?? 0)) overtaking.push(id);
      latest.set(run.agent, Math.max(run.admitted, latest.get(run.agent) ?? 0));
    }
    if (isOver(to) && !isOver(run.state)) {
      const how = `${to}: ${String(reason)}`;
      ended.set(how, (ended.get(how) ?? 0) + 1);
    }
    count[run.state] -= 1;
    count[to] += 1;
    stand(run.agent, run.state, -1);
    stand(run.agent, to, 1);
    run.state = to;
  };

  return {
    runs,
    count,
    agents,
    clean: () => clean,
    cleaned,
    overtaking,
    ended,
    committed: (writes) => {
      for (const write of writes) {
        const id = runPath.exec(write.path)?.[1];
        if (id === undefined) continue;
        if (write.op === 'create') admit(id, String(write.data.agent));
        const run = runs.get(id);
        if (!run || write.op !== 'update') continue;
        const { state, reason, cleanedAt, lease } = write.fields;
        if (typeof state === 'string') move(id, run, state as RunState, reason);
        if (state === 'launching' && lease) run.launches += 1;
        if (typeof cleanedAt === 'string' && !run.isClean) {
          run.isClean = true;
          clean += 1;
          cleaned.push(id);
        }
      }
    },
  };
}
