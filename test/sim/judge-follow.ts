import type { Project, Retry } from '../../shared/projects/project.ts';
import type { Reason } from '../../shared/runs/reasons.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { originOf, type RerunTrigger } from '../../shared/runs/trigger.ts';
import type { Case } from './case.ts';
import { hold } from './laws.ts';
import type { Entry, RunChange } from './ledger.ts';

/** What may well go otherwise the next time (decision 0010). */
const retried: ReadonlySet<Reason> = new Set([
  'exit_code',
  'signal',
  'out_of_memory',
  'interrupted',
  'container_not_started',
  'launch_failed',
]);
/** Exit codes that say that trying again is useless. */
const useless: readonly number[] = [13, 15, 16];

type Counts = Pick<RerunTrigger, 'because' | 'reruns' | 'retries'>;

/** Judges which runs a commit ends and admits: who is followed, by whom, and that nobody follows otherwise. */
export function judgeFollowers(given: Case): void {
  const { committed } = given;
  const ended = committed.runs.filter(
    ({ entry, before }) => before && !isOver(before.state) && isOver(entry.data.state),
  );
  for (const change of ended) judgeEnd(given, change);
  for (const { entry, before } of committed.runs) {
    const { trigger } = entry.data;
    if (before || trigger.type !== 'rerun') continue;
    const isOfEnd = ended.some((one) => one.entry.id === trigger.of);
    hold(isOfEnd, 'follow', `${entry.id} follows ${trigger.of}, which did not end`, entry.id);
  }
}

function judgeEnd({ ledger, committed, since }: Case, { entry: run }: RunChange): void {
  const followers = committed.runs.flatMap(({ entry, before }) => {
    const { trigger } = entry.data;
    return !before && trigger.type === 'rerun' && trigger.of === run.id ? [entry] : [];
  });
  const { next } = run.data;
  const named = next === null ? followers.length === 0 : followers.length === 1;
  const who = followers.map(({ id }) => id);
  hold(named && (next ?? undefined) === who[0], 'follow', `${run.id}: ${next}, not ${who}`, run.id);
  const [follower] = followers;
  const expected = ledger.projectsSince(since).map((project) => rule(run.data, project));
  const counts = follower && countsOf(follower.data);
  const asRuled = expected.some((one) => JSON.stringify(one) === JSON.stringify(counts));
  const said = JSON.stringify([counts ?? null, expected.map((one) => one ?? null)]);
  hold(asRuled, 'follow', `${run.id} is followed otherwise than ruled: ${said}`, run.id);
  if (follower) judgeFollower(run, follower, ledger.release(follower.data.release));
}

/** Who follows is asked the same, and waits as long as its agent's retries do. */
function judgeFollower(run: Entry, { id, data }: Entry, release: Project | undefined): void {
  const asked = ({ agent, prompt, context, trigger }: Run): string =>
    JSON.stringify([agent, prompt, context, originOf(trigger)]);
  hold(asked(data) === asked(run.data), 'follow', `${id} is asked otherwise than ${run.id}`, id);
  const isRetry = data.trigger.type === 'rerun' && data.trigger.because === 'retry';
  const retry = isRetry ? release?.agents[data.agent]?.retry : undefined;
  const waits = data.notBefore ? data.notBefore.getTime() - Date.parse(data.times.queued ?? '') : 0;
  const longest = retry ? longestWaitMs(retry, countsOf(data)?.retries ?? 1) : 0;
  const isRight = waits <= longest && waits >= Math.floor(longest / 2);
  hold(isRight, 'follow', `${id} waits for ${waits} of ${longest} ms`, id);
}

function longestWaitMs({ backoff, maxBackoff }: Retry, retries: number): number {
  return Math.min(backoff * 2 ** (retries - 1), maxBackoff) * 1_000;
}

function countsOf({ trigger }: Run): Counts | undefined {
  if (trigger.type !== 'rerun') return undefined;
  const { because, reruns, retries } = trigger;
  return { because, reruns, retries };
}

/** What the rules say of a run that has ended; undefined: nothing follows. */
function rule(run: Run, { agents }: Project): Counts | undefined {
  const agent = agents[run.agent];
  if (!agent || agent.scale === 0) return undefined;
  if (run.stop !== null && run.stop.reason !== 'timeout') return undefined;
  const { reruns = 0, retries = 0 } = countsOf(run) ?? {};
  const { type } = originOf(run.trigger);
  if (run.state === 'succeeded') {
    const may = run.reason === 'rerun_requested' && (type === 'schedule' || type === 'manual');
    if (!may || reruns >= agent.maxReruns) return undefined;
    return { because: 'asked', reruns: reruns + 1, retries: 0 };
  }
  if (!agent.retry || retries >= agent.retry.attempts) return undefined;
  if (!isRetried(run, agent.retry)) return undefined;
  return { because: 'retry', reruns, retries: retries + 1 };
}

function isRetried({ reason, exitCode }: Run, { exitCodes }: Retry): boolean {
  if (reason === 'agent_timeout')
    return exitCode !== null && exitCodes?.includes(exitCode) === true;
  if (reason === null || !retried.has(reason)) return false;
  if (reason !== 'exit_code' || exitCode === null) return true;
  return exitCodes?.includes(exitCode) ?? !useless.includes(exitCode);
}
