import type { Ports } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { nextDay } from './budget.ts';
import { judgeQueue, type Standing } from './judge-queue.ts';
import { type ProjectShares, projectShares } from './project-share.ts';
import { readQueue } from './queue.ts';
import { freeSlots, isSpent, keptUntil, type Rules, rulesOf } from './rules.ts';
import {
  type AgentState,
  keysInFlight,
  type Pause,
  readAgentState,
  readCurrent,
  saidOfPause,
} from './state.ts';

/** One reason why an agent starts nothing now. */
export interface Waiting {
  reason:
    | 'paused'
    | 'project_paused'
    | 'disabled'
    | 'slots_full'
    | 'project_full'
    | 'budget_spent'
    | 'key_busy'
    | 'not_before';
  /** A sentence for people. */
  text: string;
  /** ISO time at which this passes by itself, where that is known. */
  until?: string;
}

/**
 * Why an agent starts nothing now, every reason there is; empty when the next run, or the oldest that is queued, may start. Reads
 * what dispatch would read, and as much of the queue as it reads at first.
 */
export async function whyWaiting(
  ports: Pick<Ports, 'documents' | 'clock'>,
  { release }: Published,
  agent: string,
): Promise<Waiting[]> {
  const rules = rulesOf(release, agent);
  const current = readCurrent(ports);
  const [{ data: state }, project, limited, { runs }] = await Promise.all([
    readAgentState(ports, agent),
    current,
    projectShares(ports, release, current),
    readQueue(ports, agent),
  ]);
  const now = ports.clock.now();
  const keys = Object.values(keysInFlight(state));
  const kept = keptUntil(state, project?.data);
  const judged = judgeQueue(runs, { ...rules, keys, keptUntil: kept, now });
  const standings = judged.map(({ standing }) => standing);
  const early = judged.filter(({ standing }) => standing === 'not_before');
  const soonest = Math.min(...early.map(({ run }) => run.data.notBefore?.getTime() ?? now));
  const isPaused = state.paused !== null || (project?.data.paused ?? null) !== null;
  const wants = !isPaused && freeSlots(state, rules, now) > 0 && standings.includes('ready');
  return [
    ...pausedReason('paused', 'the agent', state.paused),
    ...pausedReason('project_paused', 'the project', project?.data.paused ?? null),
    ...slotReasons(state, rules),
    ...(limited ? projectReasons(limited, release.scale ?? 0, wants ? agent : undefined) : []),
    ...budgetReasons(state, rules, now),
    ...queueReasons(standings, soonest),
  ];
}

function pausedReason(
  reason: 'paused' | 'project_paused',
  what: string,
  paused: Pause | null,
): Waiting[] {
  return paused ? [{ reason, text: saidOfPause(what, paused) }] : [];
}

function slotReasons({ inFlight }: AgentState, { scale }: Rules): Waiting[] {
  if (scale === 0) return [{ reason: 'disabled', text: 'the agent is disabled: its scale is 0' }];
  if (inFlight.length < scale) return [];
  return [{ reason: 'slots_full', text: `${inFlight.length} of its ${scale} slots are taken` }];
}

/** @param agent The agent, if it could start a run with a slot of the project. */
function projectReasons(
  { project, shares, spare }: ProjectShares,
  scale: number,
  agent: string | undefined,
): Waiting[] {
  if (project.data.inFlight.length >= scale) {
    return [{ reason: 'project_full', text: `all ${scale} slots of the project are taken` }];
  }
  if (agent === undefined || shares.has(agent) || spare > 0) return [];
  const text = 'the free slots of the project are for runs that were admitted earlier';
  return [{ reason: 'project_full', text }];
}

function budgetReasons(state: AgentState, rules: Rules, now: number): Waiting[] {
  if (!isSpent(state, rules, now)) return [];
  const { runs, seconds, dollars } = state.spend;
  const minutes = Math.round(seconds / 60);
  const parts = [counted(runs, 'run'), counted(minutes, 'minute')];
  const used =
    rules.budget.dollarsPerDay === undefined
      ? parts.join(' and ')
      : `${parts.join(', ')} and $${dollars.toFixed(2)}`;
  const until = new Date(nextDay(now, rules.timezone)).toISOString();
  return [{ reason: 'budget_spent', text: `the budget of the day is spent: ${used}`, until }];
}

/** What holds the queue, where none of it may start. */
function queueReasons(standings: readonly Standing[], soonest: number): Waiting[] {
  if (standings.includes('ready')) return [];
  const busy = standings.filter((one) => one === 'key_busy' || one === 'skipped').length;
  const early = standings.filter((one) => one === 'not_before').length;
  const until = early > 0 ? new Date(soonest).toISOString() : '';
  return [
    ...(busy > 0
      ? [
          {
            reason: 'key_busy' as const,
            text: `${counted(busy, 'queued run')} must wait for a run of the same key`,
          },
        ]
      : []),
    ...(early > 0
      ? [
          {
            reason: 'not_before' as const,
            text: `${counted(early, 'queued run')} must not start before ${until}`,
            until,
          },
        ]
      : []),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
