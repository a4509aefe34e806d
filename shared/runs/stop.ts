import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { advance } from './advance.ts';
import { sweepMs } from './due.ts';
import type { Ending } from './end.ts';
import { jobId } from './names.ts';
import type { Run, Stop } from './run.ts';

/** How a run ends that was stopped, by what it was stopped for. */
const endings = {
  timeout: { event: 'time_out', reason: 'timeout' },
  killed: { event: 'kill', reason: 'killed' },
  superseded: { event: 'kill', reason: 'superseded' },
} as const satisfies { [reason in Stop['reason']]: Pick<Ending, 'event' | 'reason'> };

/** The ending of a run that was stopped for this. */
export function stopEnding(stop: Stop): Pick<Ending, 'event' | 'reason' | 'why'> {
  return { ...endings[stop.reason], why: saidOf(stop) };
}

/** Who stops a run that has itself shut down. */
export const itself = 'agent';

/** Why a run is being stopped, or was, as half a sentence. */
export function saidOf({ reason, by, why }: Stop): string {
  if (reason === 'timeout') return why;
  const killed = by === itself ? 'it had itself shut down' : `${by} killed it`;
  const said = reason === 'killed' ? killed : 'a later run took its place';
  return why === '' ? said : `${said}: ${why}`;
}

/**
 * Stops a running run: records why, and asks Cloud Run for the end of its execution. The run is over when Cloud Run says so;
 * until then it is `ending`, and each poll asks again. One that is `ending` already keeps the reason that it has, and is
 * asked again. Answers whether the run is being stopped now; false when it does not run.
 *
 * @param beside Writes that belong into the commit of the change. Default: none.
 */
export async function stopRun(
  ports: Ports,
  runId: string,
  stop: Stop,
  beside: () => Write[] = () => [],
): Promise<boolean> {
  const execution = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    if (!run || (run.data.state !== 'running' && run.data.state !== 'ending')) return null;
    if (run.data.state === 'running') {
      await commit([...stopWrites(run, stop, ports.clock.now()), ...beside()]);
    } else if (stop.by === itself && !run.data.shutDown) {
      await commit([...fallSilent(run, stop, ports.clock.now()), ...beside()]);
    }
    return run.data.execution;
  });
  if (execution === null) return false;
  await ports.jobs.cancel(jobId(runId), execution);
  return true;
}

function stopWrites(run: Document<Run>, stop: Stop, now: number): Write[] {
  const set = {
    stop,
    dueAt: new Date(now + sweepMs),
    ...(stop.by === itself ? { shutDown: true } : {}),
  };
  return advance(run, { event: 'stop', why: saidOf(stop), set }, now);
}

/** The writes by which a run that is being stopped for another reason has no secret any more either. */
function fallSilent(run: Document<Run>, stop: Stop, now: number): Write[] {
  return advance(run, { event: 'note', why: saidOf(stop), set: { shutDown: true } }, now);
}
