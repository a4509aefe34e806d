import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { advance } from './advance.ts';
import { readContractText } from './contract-line.ts';
import { createLatest } from './latest.ts';
import { jobId } from './names.ts';
import { keepPace } from './pace.ts';
import { returned, valueWrites } from './return-value.ts';
import type { Run } from './run.ts';
import { next } from './states.ts';
import { originOf } from './trigger.ts';

/** A value that a line of a run's log gives back. */
export interface LoggedReturn {
  value: string;
  /** Whether the line says that it has only the beginning of it. */
  isCut: boolean;
  /** Time of the line: ISO with nine decimals. */
  at: string;
}

/** What a value from the log changes on its run. */
export interface ReturnChange {
  set: Partial<Run>;
  /** Half a sentence. */
  why: string;
  /** To be committed with it. */
  writes: Write[];
}

/**
 * What a value from the log changes: nothing where the agent has signalled one, which is whole and surely its own; nothing where
 * a later line gave another.
 */
export function loggedReturn(
  run: Document<Run>,
  { value, isCut, at }: LoggedReturn,
  now: number,
): ReturnChange | undefined {
  const { returnedBy, returnedAt } = run.data;
  if (returnedBy === 'signal' || (returnedBy === 'log' && at <= (returnedAt ?? ''))) {
    return undefined;
  }
  return {
    set: { ...returned(value), returnedBy: 'log', returnedAt: at },
    why: isCut
      ? 'the agent returned a value in its log, which has only the beginning of it'
      : 'the agent returned a value in its log',
    writes: valueWrites(run, value, now),
  };
}

/** Keeps values from the log, for one function instance. One whose run is over changes nothing. */
export function createReturnGatherer(
  ports: Ports,
): (runId: string, value: LoggedReturn) => Promise<void> {
  return createLatest<LoggedReturn, void>(
    (runId, take) => note(ports, runId, take),
    (one, other) => (other.at > one.at ? other : one),
  );
}

async function note(ports: Ports, runId: string, take: () => LoggedReturn): Promise<void> {
  const read = async (): Promise<Document<Run> | undefined> => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const mayChange = run && next(run.data.state, 'note') !== undefined && !run.data.shutDown;
    return mayChange ? run : undefined;
  };
  let isInPace = false;
  await optimistically(ports, async (commit) => {
    let run = await read();
    if (run && !isInPace && (await keepPace(ports, run.data))) run = await read();
    isInPace = true;
    const now = ports.clock.now();
    const change = run && loggedReturn(run, take(), now);
    if (!run || !change) return;
    const { set, why, writes } = change;
    await commit([...advance(run, { event: 'note', why, set }, now), ...writes]);
  });
}

function nineDecimals(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}

/** Lines of a log that are looked at for a value, at most. */
const mostLines = 50;

/**
 * The value that the log of a run gives back, which ends now and is to answer a call, where it has signalled none: its line may
 * still be on its way to us. Best effort: Cloud Logging is read at most 60 times a minute, and may not have the line either.
 */
export async function findLoggedReturn(
  ports: Ports,
  { id, data }: Document<Run>,
): Promise<LoggedReturn | undefined> {
  const origin = originOf(data.trigger);
  const isAsked = origin.type === 'call' && origin.call !== null;
  if (!isAsked || data.returnedBy === 'signal' || data.shutDown) return undefined;
  try {
    const since = Date.parse(data.times.launching ?? '');
    const lines = await ports.logs.last(jobId(id), mostLines, since);
    const said = lines.map(({ text, at }) => readContractText(text, nineDecimals(at)));
    return said.findLast((line) => line?.kind === 'return')?.returned;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.info('log not looked at for a return value', { runId: id, error: why });
    return undefined;
  }
}
