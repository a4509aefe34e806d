import type { Ports, Write } from '../../shared/ports/index.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import type { Caller } from './instances.ts';
import { laws, type Violation } from './laws.ts';

/** What happened in a life, a line each: the same for the same seed. */
export interface Chronicle {
  lines: string[];
  note(text: string): void;
  /** A call of a port: it takes effect, or its caller gets an error. */
  call(name: string, caller: Caller, args: unknown[], error?: unknown): void;
}

export function createChronicle(now: () => number): Chronicle {
  const lines: string[] = [];
  const note = (text: string): void => {
    lines.push(`${new Date(now()).toISOString().slice(11, 23)} ${text}`);
  };
  return {
    lines,
    note,
    call: (name, caller, args, error) => {
      const who = `${caller.function} ${caller.instance}.${caller.number}`;
      const failure = error instanceof Error ? ` failed: ${error.message}` : '';
      note(`  ${who}: ${name} ${about(args)}${failure}`);
    },
  };
}

function about([first]: unknown[]): string {
  if (Array.isArray(first)) return (first as Write[]).map(written).join(', ');
  if (typeof first === 'string') return first;
  const { collection, where, id, target, body } = first as { [field: string]: unknown };
  return [collection, where, id, target, body]
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(' ');
}

function written(write: Write): string {
  const fields = write.op === 'update' ? write.fields : write.op === 'delete' ? {} : write.data;
  const state = fields.state ?? fields.to;
  const keys = Object.keys(fields).slice(0, 3).join(' ');
  return `${write.path} (${typeof state === 'string' ? state : keys})`;
}

const someRun = /agent-\d-[a-z2-7]{8}/;
const aCall = /^\S+ {2}/;

/** What is to be read of a life in which a law was broken: the law, and everything about the run concerned. */
export async function tellViolation(
  { law, message, run }: Violation,
  { lines }: Chronicle,
  ports: Ports,
): Promise<string[]> {
  const told = [`broken: ${laws[law]}`, message];
  if (run === undefined) return [...lines.slice(-40), ...told];
  const document = await ports.documents.get<Run>(`runs/${run}`);
  const journal = await ports.documents.query<RunJournalEntry>({
    collection: `runs/${run}/events`,
    limit: 200,
  });
  const agent = document?.data.agent ?? '';
  const concerns = (line: string): boolean =>
    line.includes(run) || line.includes(`"${agent}"`) || (!someRun.test(line) && !aCall.test(line));
  return [
    `calls about ${run}, and what happened around it:`,
    ...lines.filter(concerns),
    `journal of ${run}:`,
    ...journal.map(({ data }) => `${data.at.slice(11, 23)} ${data.from} → ${data.to}: ${data.why}`),
    `${run} is ${document?.data.state}: ${document?.data.summary}`,
    ...told,
  ];
}
