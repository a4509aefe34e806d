import type { Ports, WakeUp } from '../ports/index.ts';
import { taskName } from './names.ts';

/**
 * Asks `dispatch` to look at an agent, at once or at `at` (ms since the epoch). Never throws: a lost wake-up costs one
 * sweep (D1), the work is in Firestore. Answers whether Cloud Tasks has it.
 */
export async function wakeDispatch(ports: Ports, agent: string, at?: number): Promise<boolean> {
  return wake(ports, { target: 'dispatch', body: { agent }, ...(at === undefined ? {} : { at }) });
}

/** Cloud Tasks takes nothing that is further ahead, in ms (Cloud Tasks quotas page: 30 days). */
const longestPlanMs = 29 * 86_400_000;

/** How long after its time an agent is looked at, in ms: no instance whose clock is a little behind must find it too early. */
const lateMs = 1_000;

/**
 * Plans a look at an agent for the second after `at` (ms since the epoch). However many plan it, it happens once: the task is
 * named after its time (D3). Never throws. Answers whether Cloud Tasks has it; what is too far ahead is left to the sweep.
 */
export async function planDispatch(ports: Ports, agent: string, at: number): Promise<boolean> {
  if (at > ports.clock.now() + longestPlanMs) return false;
  const second = Math.ceil((at + lateMs) / 1_000) * 1_000;
  const name = taskName('dispatch', agent, second);
  return wake(ports, { target: 'dispatch', body: { agent }, at: second, name });
}

/** Asks `poll` to look at a run now. Never throws. Answers whether Cloud Tasks has it. */
export async function wakePoll(ports: Ports, runId: string): Promise<boolean> {
  return wake(ports, { target: 'poll', body: { run: runId } });
}

/** Milliseconds before the first poll and between the last ones (D7). */
const firstPollMs = 5_000;
const longestPollMs = 60_000;

/** Time in ms from poll number `n` of a chain, or from the start of its run before the first, to the next one. */
function pollDelay(n: number): number {
  return Math.min(firstPollMs * 2 ** n, longestPollMs);
}

/** How many polls of its chain a run has had `seconds` after its start. */
export function pollsWithin(seconds: number): number {
  let left = seconds * 1_000;
  let polls = 0;
  for (; pollDelay(polls) < longestPollMs && left >= pollDelay(polls); polls += 1) {
    left -= pollDelay(polls);
  }
  return polls + (pollDelay(polls) < longestPollMs ? 0 : Math.floor(left / longestPollMs));
}

/**
 * Plans poll number `n` (from 0) of a run's launch `attempt`: 5 s after the start, then doubling to 60 s (D7).
 * Never throws.
 */
export async function planPoll(
  ports: Ports,
  runId: string,
  attempt: number,
  n: number,
): Promise<void> {
  await wake(ports, {
    target: 'poll',
    body: { run: runId, attempt, n },
    at: ports.clock.now() + pollDelay(n),
    name: taskName('poll', runId, attempt, n),
  });
}

async function wake(ports: Ports, wakeUp: WakeUp): Promise<boolean> {
  try {
    await ports.tasks.enqueue(wakeUp);
    return true;
  } catch (error) {
    ports.log.warn('wake-up not sent; the sweep will send it again', {
      target: wakeUp.target,
      error: error instanceof Error ? error.message : String(error),
      ...wakeUp.body,
    });
    return false;
  }
}
