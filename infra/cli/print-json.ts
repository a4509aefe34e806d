import { commandLine } from '../gcloud/command-line.ts';
import type { Event } from './context.ts';
import type { Printer } from './printer.ts';
import type { Shell } from './shell.ts';

/** For programs: one JSON object a line on standard output, of which the last is the result or the error. */
export function jsonPrinter({ out, elapsed }: Pick<Shell, 'out' | 'elapsed'>): Printer {
  const write = (value: object): void => out.write(`${escaped(JSON.stringify(value))}\n`);
  const begun = new Map<string, number>();
  return {
    print: (event) => write(objectOf(event, begun, elapsed())),
    result: ({ lines = [], data, next = null, raw, isFound = false }) => {
      const found = raw === undefined ? (data ?? { lines }) : { text: raw };
      write({ event: 'result', ok: !isFound, ...found, next });
    },
    fail: ({ code, message, todo, page, details }) =>
      write({ event: 'error', ok: false, code, what: message, todo, page, details }),
  };
}

/** What a terminal acts on, or some reader takes for the end of a line, and `JSON.stringify` leaves as it is. */
const acting = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same JSON, in which that is spelled out: all of it stands within strings. */
function escaped(json: string): string {
  return json.replace(acting, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function objectOf(event: Event, begun: Map<string, number>, now: number): object {
  switch (event.kind) {
    case 'step': {
      const { title, state, note = null } = event;
      if (state === 'begun') begun.set(title, now);
      const elapsedMs = Math.round(now - (begun.get(title) ?? now));
      return { event: 'step', title, state, elapsedMs, note };
    }
    case 'command': {
      const { title, command, project } = event;
      return { event: 'command', title, ...command, line: commandLine(command, project) };
    }
    case 'log':
      return { event: 'log', title: event.title, line: event.line };
    case 'note':
      return { event: 'note', text: event.text };
    case 'line':
      return { event: 'line', ...event.data };
  }
}
