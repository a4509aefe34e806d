import { optimistically, unlessContended } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { advance } from './advance.ts';
import { clean } from './clean.ts';
import { graceMs, runningDueAt, sweepMs } from './due.ts';
import { type Ending, endRun } from './end.ts';
import { lastLines } from './last-lines.ts';
import { jobId } from './names.ts';
import { outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { findStart } from './start.ts';
import { planPoll, wakeDispatch } from './wake.ts';

/** Which poll of which launch this is; a poll that something else than the chain asked for has none. */
export interface PollOrdinal {
  attempt: number;
  n: number;
}

/**
 * Brings a run one step on: finds its start, observes its execution, ends it, or cleans up after it (D5, D7). Looks at the
 * world, not at who asked. Answers whether there is such a run.
 */
export async function poll(
  ports: Ports,
  releases: Releases,
  runId: string,
  ordinal?: PollOrdinal,
): Promise<boolean> {
  const run = await ports.documents.get<Run>(`runs/${runId}`);
  if (!run) return false;
  const watch = await step(ports, releases, run);
  if (watch && ordinal) await planPoll(ports, runId, ordinal.attempt, ordinal.n + 1);
  return true;
}

/** Answers whether the run has an execution to go on watching, or may yet have. */
async function step(ports: Ports, releases: Releases, run: Document<Run>): Promise<boolean> {
  switch (run.data.state) {
    case 'queued':
      await wakeDispatch(ports, run.data.agent);
      return false;
    case 'launching':
      return stepLaunching(ports, releases, run);
    case 'running':
    case 'ending':
      return observe(ports, releases, run);
    default:
      await clean(ports, releases, run.id);
      return false;
  }
}

async function stepLaunching(
  ports: Ports,
  releases: Releases,
  run: Document<Run>,
): Promise<boolean> {
  const found = await findStart(ports, releases, run.id);
  if (found === 'absent') {
    // A launch that left no job is repeated when its lease has run out.
    const until = Date.parse(run.data.lease?.until ?? '');
    if (!(until > ports.clock.now())) await wakeDispatch(ports, run.data.agent);
    return false;
  }
  if (found === 'pending' || found === 'refused') return found === 'pending';
  // It may be over already: the end of a short run is told before its start was looked for, or while another looks.
  const started = await ports.documents.get<Run>(run.path);
  return started?.data.state === 'running' && observe(ports, releases, started);
}

async function observe(ports: Ports, releases: Releases, run: Document<Run>): Promise<boolean> {
  const { execution: name, release, agent } = run.data;
  if (name === null) throw new Error(`run ${run.id} is ${run.data.state} without an execution`);
  const timeout = (await releases.get(release)).agents[agent]?.timeout ?? 0;
  const execution = await ports.jobs.execution(jobId(run.id), name);
  const ending = execution ? outcome(execution, timeout) : await vanished(ports, run.id, name);
  if (ending) {
    const since = Date.parse(run.data.times.launching ?? '');
    const failed = ending.event === 'fail';
    await endRun(ports, releases, run.id, {
      ...ending,
      ...(failed ? { lastLines: await lastLines(ports, run.id, since) } : {}),
    });
    return false;
  }
  const now = ports.clock.now();
  const deadline = Date.parse(run.data.deadline ?? '');
  if (run.data.state === 'ending' || now > deadline + graceMs) await stop(ports, run.id, name);
  else if (run.data.dueAt && run.data.dueAt.getTime() <= now) {
    await putOff(ports, run, deadline, now);
  }
  return true;
}

/** An execution that cannot be found is lost only when its job is gone as well. */
async function vanished(
  ports: Ports,
  runId: string,
  execution: string,
): Promise<Ending | undefined> {
  if (await ports.jobs.get(jobId(runId))) return undefined;
  const why = `execution ${execution} is gone and nobody saw how it ended`;
  return { event: 'lose', reason: 'execution_vanished', why };
}

/** Ends an execution that Cloud Run should have ended at its deadline; asks again if it was asked before. */
async function stop(ports: Ports, runId: string, execution: string): Promise<void> {
  await optimistically(ports, async () => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (run?.data.state !== 'running') return;
    const now = ports.clock.now();
    const why = 'it is past its deadline and is being cancelled';
    const set = { dueAt: new Date(now + sweepMs) };
    await ports.documents.commit(advance(run, { event: 'stop', why, set }, now));
  });
  await ports.jobs.cancel(jobId(runId), execution);
}

/** The sweep found this run overdue and it is well: the sweep may come back later. */
async function putOff(
  ports: Ports,
  run: Document<Run>,
  deadline: number,
  now: number,
): Promise<void> {
  const startedAt = Date.parse(run.data.times.running ?? '') || now;
  const dueAt = runningDueAt(now, startedAt, deadline);
  await unlessContended(() =>
    ports.documents.commit([
      { op: 'update', path: run.path, version: run.version, fields: { dueAt } },
    ]),
  );
}
