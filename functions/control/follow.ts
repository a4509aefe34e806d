import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Document, Ports } from '../../shared/ports/index.ts';
import { chunksFrom, type LogPlace, linesOf } from '../../shared/runs/read-log.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { logCursorOf } from './cursor.ts';
import { lineOf } from './log-view.ts';
import { pageOf } from './run-view.ts';

/** Time between two looks, in ms. */
const lookMs = 1_000;
/** A connection that has nothing to tell says so this often, in ms: proxies cut what is silent for longer. */
const heartbeatMs = 15_000;
/** How long after its run's end a log may still grow, in ms: lines take the way through the sink. */
const settleMs = 3_000;
/** Longest life of one connection, in ms: below what a function is given. Its reader resumes where it was. */
const longestMs = 4 * 60_000;
/** Chunks that are read at once. */
const batch = 50;

type FollowPorts = Pick<Ports, 'documents' | 'clock' | 'log'>;

/**
 * Tells a run's log from `place` on as server-sent events, until the run is over and everything was told. A connection that
 * ends before, because it is old or something failed, has no event `end`: its reader comes back with the last id it saw.
 */
export function follow(
  context: Context,
  ports: FollowPorts,
  runId: string,
  place: LogPlace,
): Response {
  // Nobody would read what is told, and telling would wait for them for ever.
  if (context.req.method === 'HEAD') return context.body(null);
  return streamSSE(context, async (stream) => {
    try {
      await tellUntilOver(stream, ports, runId, place);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      ports.log.warn('a log is no longer followed', { runId, error: why });
    }
  });
}

async function tellUntilOver(
  stream: SSEStreamingApi,
  ports: FollowPorts,
  runId: string,
  place: LogPlace,
): Promise<void> {
  const { clock, documents } = ports;
  const begun = clock.now();
  const teller = createTeller(stream, ports, runId, place);
  let toldAt = begun;
  for (let isFirst = true; !stream.aborted; isFirst = false) {
    // Read before its log: whatever it said before its end is told below.
    const run = await documents.get<Run>(`runs/${runId}`);
    const isMore = await teller.tell();
    const now = clock.now();
    if (isMore) toldAt = now;
    if (!run || (hasSettled(run, now) && (isFirst || !isMore))) {
      if (!isFirst) await teller.tellLate();
      if (run) await stream.writeSSE({ event: 'end', data: JSON.stringify(pageOf(run)) });
      return;
    }
    if (now - begun >= longestMs) return;
    if (now - toldAt >= heartbeatMs) {
      await stream.write(': nothing new\n\n');
      toldAt = now;
    }
    await clock.sleep(lookMs);
  }
}

/** Whether a run has been over for so long that its log is complete. */
function hasSettled({ data }: Document<Run>, now: number): boolean {
  return isOver(data.state) && now - Date.parse(data.times[data.state] ?? '') >= settleMs;
}

/** Tells the chunks of a log, each once. */
function createTeller(
  stream: SSEStreamingApi,
  ports: Pick<Ports, 'documents'>,
  runId: string,
  place: LogPlace,
) {
  const told = new Set<string>();
  let last = place;

  const tellFrom = async (begin: string): Promise<boolean> => {
    let isMore = false;
    for (let from = begin; !stream.aborted; ) {
      const chunks = await chunksFrom(ports, runId, from, batch);
      for (const { id, data } of chunks.filter((chunk) => !told.has(chunk.id))) {
        told.add(id);
        const skipped = id === place.chunk ? place.line : 0;
        for (const [index, line] of linesOf(data).entries()) {
          if (index < skipped) continue;
          // A chunk that came late stands before what was told already: nobody resumes there.
          if (id >= last.chunk) last = { chunk: id, line: index + 1 };
          const event = {
            event: 'line',
            id: logCursorOf(last),
            data: JSON.stringify(lineOf(line)),
          };
          await stream.writeSSE(event);
          isMore = true;
        }
      }
      const end = chunks.at(-1);
      if (!end || chunks.length < batch) break;
      from = end.id;
    }
    return isMore;
  };
  return {
    /** Tells what has come since the last look. Answers whether that was anything. */
    tell: () => tellFrom(last.chunk),
    /** Tells what came in the meantime and stands before what was told. */
    tellLate: () => tellFrom(place.chunk),
  };
}
