import type { Drover } from './drover.ts';
import type { Line } from './read-lines.ts';
import { refused } from './refused.ts';

/** What a run was when its log ended. */
export interface Ended {
  id: string;
  state: string;
  reason: string | null;
  summary: string;
  exitCode: number | null;
  signal: number | null;
}

/**
 * Tells a run's log from a place on as it grows, until the run is over; a connection that ends before is taken up where it was.
 * Answers with the run as it ended; undefined when whoever reads has gone.
 */
export async function followLog(
  drover: Drover,
  run: string,
  after: string | undefined,
  tell: (line: Line) => boolean,
): Promise<Ended | undefined> {
  let place = after;
  for (;;) {
    const begun = place;
    const answer: Response = await drover.api.v1.runs[':run'].logs.follow.$get({
      param: { run },
      query: place === undefined ? {} : { after: place },
    });
    if (!answer.ok) throw refused(answer.status, await answer.text(), 'The control API');
    for await (const { event, id, data } of eventsOf(answer)) {
      if (event === 'end') return JSON.parse(data) as Ended;
      if (event !== 'line') continue;
      place = id;
      if (!tell(JSON.parse(data) as Line)) {
        await answer.body?.cancel().catch(() => undefined);
        return undefined;
      }
    }
    // A control API that tells nothing and hangs up is not asked as fast as it can answer.
    if (place === begun) await drover.pause(pauseMs);
  }
}

/** Time before a connection that told nothing is made anew, in ms. */
const pauseMs = 1_000;

interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

/** Server-sent events of an answer (WHATWG HTML, 9.2.6), until it ends or breaks off. */
async function* eventsOf({ body }: Response): AsyncGenerator<ServerEvent> {
  if (!body) return;
  let rest = '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      yield* blocks.map(eventOf);
    }
  } catch (error) {
    // An interrupted command ends; a connection that breaks is like one that ends.
    if (error instanceof Error && error.name === 'AbortError') throw error;
  } finally {
    reader.releaseLock();
  }
}

function eventOf(block: string): ServerEvent {
  const lines = block.split('\n');
  const field = (name: string): string =>
    lines
      .flatMap((line) => (line.startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []))
      .join('\n');
  return { event: field('event'), id: field('id'), data: field('data') };
}
