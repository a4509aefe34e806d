import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a container writes down of itself. Times are ms of the machine's monotonic clock, which all processes share. */
export type Line = { at: number } & (
  | { what: 'begin'; run: string; execution: string; pid: number }
  /** `until`: by when it will have lost the lock, whatever happens. */
  | { what: 'locked'; key: string; fence: number; until: number }
  | { what: 'kept'; key: string; fence: number; until: number }
  /** It is about to give the lock back, or was told that it has it no more. */
  | { what: 'unlocking' | 'lost'; key: string }
  | { what: 'deadlocked'; key: string; cycle: string[] }
  | { what: 'called'; call: string }
  | { what: 'answered'; call: string; status: string; value: string }
  | { what: 'astonished'; why: string }
  /** It was told to stop. */
  | { what: 'told'; signal: string }
  | { what: 'end'; exitCode: number }
);

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** Everything that one container wrote down. */
export interface Container {
  run: string;
  execution: string;
  pid: number;
  lines: Line[];
}

/** Now, by the machine's monotonic clock, in ms. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The record of one container: a file of its own, to which each line is appended as it happens. */
export function openRecord(
  directory: string,
  run: string,
  execution: string,
): (line: WithoutTime<Line>) => void {
  const file = join(directory, `${execution}.${process.pid}.jsonl`);
  const write = (line: WithoutTime<Line>): void =>
    appendFileSync(file, `${JSON.stringify({ at: monotonic(), ...line })}\n`);
  write({ what: 'begin', run, execution, pid: process.pid });
  return write;
}

/** Every container that ever began. A line that a killed container did not finish is none. */
export function readRecords(directory: string): Container[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((name) => {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n').flatMap(parse);
    const [first] = lines;
    if (first?.what !== 'begin') return [];
    const { run, execution, pid } = first;
    return [{ run, execution, pid, lines }];
  });
}

function parse(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}
