import { answerUnstarted } from '../calls/answer.ts';
import { callErrors } from '../calls/call.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Current, Release } from '../projects/release.ts';
import type { Leased } from '../runs/start.ts';
import { dayOf, nextDay, takeBudget } from './budget.ts';
import { skipped, superseded } from './end-queued.ts';
import { lease, leaseWrites } from './leases.ts';
import { type Allowed, allowedAt, type Given, giveTime } from './pace.ts';
import { type ProjectShares, projectShares } from './project-share.ts';
import { countQueued, mostPages, type Queue, readQueue } from './queue.ts';
import { freeSlots, isSpent, keptUntil, type Rules, rulesOf } from './rules.ts';
import { type Plan, planSlots, type SlotsAndQueue } from './slots.ts';
import {
  type AgentState,
  keysInFlight,
  type ReadAgent,
  readAgentState,
  readCurrent,
  writeAgentState,
} from './state.ts';

/** Launches that one step works on at the same time; more are left to the next step. */
export const batch = 10;
/** Queued runs that one step ends for their key: up to three writes each, with room for the launches in a commit's 500. */
export const endBatch = 100;

/** What filling an agent's slots came to. */
export interface Filled extends Pick<Plan, 'skip' | 'supersede' | 'stop' | 'overflow'> {
  /** Launches whose lease was just committed. */
  leased: Leased[];
  /** What the agent had in flight before. */
  before: AgentState;
  /** When to look again, in ms since the epoch: for the first run whose time comes, and for a day with a new budget. */
  lookAt: number[];
  /** The day whose budget is spent, while runs wait for the next; null: none waits for that. */
  spentOn: string | null;
}

/**
 * Reads slots and queue, plans, and commits slots, keys, budget and leases together: all of them are counted where they are
 * taken (D9). A pause of the agent stands in a document that this writes; one of the project is read anew each time, and a
 * run that gets its slot in the very moment of the pause has it from just before.
 */
export async function fill(
  ports: Ports,
  release: Release,
  agent: string,
  commit: Ports['documents']['commit'],
): Promise<Filled> {
  const rules = rulesOf(release, agent);
  const seen = await look(ports, release, agent);
  const now = ports.clock.now();
  const allowed = allowedAt(seen.project?.data.pace ?? null, seen.state.data.launchAt, now);
  const wanted = await planOver(ports, agent, seen.first, (queue) =>
    planSlots(slotsAndQueue(seen, rules, queue, allowed, now)),
  );
  const plan = { ...wanted, take: wanted.take.slice(0, allowed.most) };
  const leased = plan.take.map((run) => lease(ports, run));
  const changes = [
    ...leased.flatMap((held) => leaseWrites(held, now)),
    ...plan.skip.flatMap((run) => skipped(run, now)),
    ...plan.supersede.flatMap((run) => superseded(run, now)),
    ...(await answerUnstarted(ports, plan.skip, callErrors.dropped, now)),
    ...(await answerUnstarted(ports, plan.supersede, callErrors.cancelled, now)),
  ];
  const isHeld = wanted.take.length > plan.take.length;
  const isUsed = allowed.most === 1 && plan.take.length > 0;
  const isWanted = isHeld && allowed.needsTime;
  const given = giveTime(seen.project?.data.pace ?? null, { isUsed, isWanted }, now);
  if (changes.length > 0 || given) {
    await commit([...changes, ...slotWrites(seen, plan, dayOf(now, rules.timezone), given)]);
  }
  const left = seen.queued - plan.take.length - plan.skip.length - plan.supersede.length;
  const before = seen.state.data;
  const looks = left > 0 ? lookAt(seen, rules, plan, now) : [];
  // Also a time that it has already: whoever gave it may have died before anybody was told.
  const comes = isHeld ? (given?.launchAt ?? before.launchAt) : null;
  const isHeldByBudget = left > 0 && !seen.isPaused && isSpent(before, rules, now);
  return {
    ...plan,
    leased,
    before,
    lookAt: comes ? [...looks, comes.getTime()] : looks,
    spentOn: isHeldByBudget ? dayOf(now, rules.timezone) : null,
  };
}

/** What a plan rests on, as it was read. */
interface Seen {
  state: ReadAgent;
  project: Document<Current> | undefined;
  limited: ProjectShares | undefined;
  isPaused: boolean;
  /** What the agent may take of the project's slots; null: no limit. */
  share: number | null;
  first: Queue;
  queued: number;
}

/** One round trip, or as many as the sharing of the project's slots takes. */
async function look(ports: Ports, release: Release, agent: string): Promise<Seen> {
  const current = readCurrent(ports);
  const [state, project, limited, first, queued] = await Promise.all([
    readAgentState(ports, agent),
    current,
    projectShares(ports, release, current),
    readQueue(ports, agent),
    countQueued(ports, agent),
  ]);
  const isPaused = state.data.paused !== null || (project?.data.paused ?? null) !== null;
  const share = limited ? (limited.shares.get(agent) ?? 0) + limited.spare : null;
  return { state, project, limited, isPaused, share, first, queued };
}

function slotsAndQueue(
  seen: Seen,
  rules: Rules,
  queue: Queue,
  allowed: Allowed,
  now: number,
): SlotsAndQueue {
  const { state, project, isPaused, share, queued } = seen;
  const free = isPaused ? 0 : freeSlots(state.data, rules, now);
  return {
    // One more than the pace allows, to know whether another time is needed.
    slots: Math.min(free, share ?? free, allowed.most + 1),
    mayStart: !isPaused && rules.scale > 0 && !isSpent(state.data, rules, now),
    isPaused,
    keysInFlight: keysInFlight(state.data),
    batch,
    endBatch,
    maxWorkQueueSize: rules.maxWorkQueueSize,
    concurrency: rules.concurrency,
    keptUntil: keptUntil(state.data, project?.data),
    // The queue is read beside the slots: one that got its slot in between is in flight, and in nobody's way but its own.
    queue: queue.runs.filter(({ id }) => !state.data.inFlight.includes(id)),
    isWhole: queue.isWhole,
    queued,
    now,
  };
}

/** Plans with as much of the queue as it takes to find what can start, within bounds. */
async function planOver(
  ports: Ports,
  agent: string,
  first: Queue,
  planFor: (queue: Queue) => Plan,
): Promise<Plan> {
  let queue = first;
  let plan = planFor(queue);
  for (let pages = 1; plan.isShort && pages < mostPages; pages += 1) {
    queue = await readQueue(ports, agent, queue);
    plan = planFor(queue);
  }
  return plan;
}

/** The writes that count what is taken and what is ended: others rest on the keys in flight and on the queue (D2). */
function slotWrites(
  { state, project, limited }: Seen,
  { take, skip, supersede }: Plan,
  day: string,
  given: Given | undefined,
): Write[] {
  const taken = take.map(({ id }) => id);
  const keys = take.flatMap(({ id, data: { concurrencyKey } }) =>
    concurrencyKey === null ? [] : [[id, concurrencyKey]],
  );
  const fields = {
    inFlight: [...state.data.inFlight, ...taken],
    keys: { ...keysInFlight(state.data), ...Object.fromEntries(keys) },
    gaveWay: state.data.gaveWay + skip.length + supersede.length,
    ...takeBudget(state.data, taken.length, day),
    ...(given && { launchAt: given.launchAt }),
  };
  const list = limited?.project ?? project;
  const changed = {
    ...(limited && taken.length > 0 && { inFlight: [...limited.project.data.inFlight, ...taken] }),
    ...(given && { pace: given.pace }),
  };
  const isChanged = list !== undefined && Object.keys(changed).length > 0;
  return [
    writeAgentState(state, fields),
    ...(isChanged
      ? [{ op: 'update' as const, path: list.path, version: list.version, fields: changed }]
      : []),
  ];
}

/** When somebody waits for nothing but time. */
function lookAt(
  { state, isPaused }: Seen,
  rules: Rules,
  { nextReady }: Plan,
  now: number,
): number[] {
  // Whoever resumes wakes the agent.
  if (isPaused) return [];
  return [
    ...(nextReady === undefined ? [] : [nextReady]),
    ...(isSpent(state.data, rules, now) ? [nextDay(now, rules.timezone)] : []),
  ];
}
