import { unlessContended } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { runningDueAt, sweepMs } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';
import { wakeDispatch, wakePoll } from '../runs/wake.ts';
import { allSettled } from '../settled.ts';
import { freeLostSlots } from './lost-slots.ts';
import { removeOrphans } from './orphans.ts';

/** Overdue runs that one sweep wakes; more are left to the next. */
const batch = 300;
/** Runs that one commit puts off: where one of them has changed meanwhile, its companions wait for the next sweep. */
const putOffBatch = 10;
/** How long a queued run that is waiting for a slot is left alone once its agent was woken, in ms. */
const waitingMs = 3 * sweepMs;
/** How long a launch is left to the function that was woken for it, and to its repetitions, in ms. */
const workingMs = 2 * sweepMs;

/** What a sweep found. */
export interface Swept {
  overdue: number;
  /** Jobs and secrets that had no run to belong to any more. */
  orphans: number;
}

/**
 * Re-sends the wake-up of every run that is overdue (D1), and removes what has no owner (D6). A run whose wake-up was handed to
 * Cloud Tasks is put off, so that what cannot be helped does not hide what can.
 */
export async function sweep(ports: Ports): Promise<Swept> {
  const now = ports.clock.now();
  const overdue = await ports.documents.query<Run>({
    collection: 'runs',
    where: [['dueAt', '<=', new Date(now)]],
    orderBy: [['dueAt', 'asc']],
    limit: batch,
  });
  const [, orphans] = await allSettled([
    wake(ports, overdue).then((woken) => putOff(ports, woken, now)),
    removeOrphans(ports),
  ]);
  return { overdue: overdue.length, orphans };
}

/** Wakes what each run needs, once an agent. Answers with the runs whose wake-up was sent. */
async function wake(ports: Ports, overdue: Document<Run>[]): Promise<Document<Run>[]> {
  const needsDispatch = overdue.filter(({ data }) => data.state === 'queued');
  const needsPoll = overdue.filter(({ data }) => data.state !== 'queued');
  const agents = [...new Set(needsDispatch.map(({ data }) => data.agent))];
  const dispatches = agents.map(async (agent) => {
    await freeLostSlots(ports, agent);
    return (await wakeDispatch(ports, agent)) ? [agent] : [];
  });
  const polls = needsPoll.map(async (run) => ((await wakePoll(ports, run.id)) ? [run] : []));
  const [dispatched, polled] = await Promise.all([Promise.all(dispatches), Promise.all(polls)]);
  const reached = new Set(dispatched.flat());
  return [...polled.flat(), ...needsDispatch.filter(({ data }) => reached.has(data.agent))];
}

async function putOff(ports: Ports, runs: Document<Run>[], now: number): Promise<void> {
  const commits: Promise<void>[] = [];
  for (let at = 0; at < runs.length; at += putOffBatch) {
    const writes = runs.slice(at, at + putOffBatch).map(({ path, version, data }) => ({
      op: 'update' as const,
      path,
      version,
      fields: { dueAt: nextLook(data, now) },
    }));
    commits.push(unlessContended(() => ports.documents.commit(writes)));
  }
  await allSettled(commits);
}

function nextLook({ state, times }: Run, now: number): Date {
  if (state === 'queued') return new Date(now + waitingMs);
  if (state === 'launching') return new Date(now + workingMs);
  // Longer each time: what runs is polled, and what cannot be cleaned up is not helped by haste.
  return runningDueAt(now, Date.parse(times[state] ?? '') || now);
}
