import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { droverAt } from '../../../infra/steer/drover.ts';
import { followLog } from '../../../infra/steer/follow.ts';
import { command } from '../cli/start-up.ts';
import { type LocalCloud, startLocalCloud } from '../local-cloud.ts';
import type { Row } from '../rows.ts';
import { percentile } from '../statistics.ts';
import { rate } from './rate.ts';

/** How long a run may take from its delivery until its log was told, in ms. */
const patienceMs = 120_000;
/** Lines of the run that meets functions which have not loaded their clients. */
const warmUp = 20;

/** A line that somebody who follows the log was told, and when, in ms since the epoch. */
interface Seen {
  text: string;
  at: number;
}

/** Follows the log of a run until it is over, and calls `tell` with the words of each line as it is told. */
type Reader = (cloud: LocalCloud, run: string, tell: (text: string) => void) => Promise<void>;

/** How long after a container wrote a line, at a hundred lines a second, whoever follows its run is told it. */
export async function logRows(): Promise<Row[]> {
  const writer = fileURLToPath(new URL('./writer.js', import.meta.url));
  const cloud = await startLocalCloud({
    queue: 10,
    script: (directory) =>
      `exec '${process.execPath}' '${writer}' "${wantedFile(directory, '$CLOUD_RUN_JOB')}" ${rate.everyMs}`,
  });
  try {
    await follow(cloud, warmUp, byControlApi);
    return [
      ...rowsOf('told by the control API', await follow(cloud, rate.count, byControlApi)),
      ...rowsOf('printed by drover logs -f', await follow(cloud, rate.count, byCommand)),
    ];
  } finally {
    await cloud.stop();
  }
}

function wantedFile(directory: string, job: string): string {
  return join(directory, `wanted-${job}`);
}

/** A run that writes so many lines as soon as somebody reads, and ends when all were seen. */
async function follow(cloud: LocalCloud, count: number, read: Reader): Promise<Seen[]> {
  const run = await cloud.deliver(randomUUID());
  const wanted = wantedFile(cloud.directory, `drover-${run}`);
  const seen: Seen[] = [];
  let told = 0;
  const reading = read(cloud, run, (text) => {
    seen.push({ text, at: Date.now() });
    if (text.endsWith('ready')) {
      writeFileSync(`${wanted}.new`, String(count));
      renameSync(`${wanted}.new`, wanted);
    }
    if (lineIn(text)) told += 1;
    if (told === count) rmSync(wanted, { force: true });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLate = () => new Error(`of ${count} lines, ${told} were told within ${patienceMs} ms`);
    timer = setTimeout(() => reject(tooLate()), patienceMs);
  });
  await Promise.race([reading, late]).finally(() => clearTimeout(timer));
  return seen;
}

async function byControlApi(cloud: LocalCloud, run: string, tell: (text: string) => void) {
  const { control: base, keyFile } = cloud.running();
  const key = readFileSync(keyFile, 'utf8').trim();
  const { signal } = new AbortController();
  const drover = droverAt({ base, key, name: 'the benchmark' }, { signal });
  await followLog(drover, run, undefined, ({ text }) => {
    tell(text);
    return true;
  });
}

async function byCommand(cloud: LocalCloud, run: string, tell: (text: string) => void) {
  const child = spawn(process.execPath, [command, 'logs', run, '-f', '--lines', 'all'], {
    cwd: cloud.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', tell);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`drover logs ended with ${code}`);
}

/** Which of the writer's lines it is, and when it was written. */
function lineIn(text: string): { number: number; written: number } | undefined {
  const [, number, written] = /\bline (\d+) written at (\d+)/.exec(text) ?? [];
  return number === undefined ? undefined : { number: Number(number), written: Number(written) };
}

/**
 * The figures of what was seen.
 *
 * @throws Error when a line is missing or was told twice: what was measured would be another log.
 */
export function rowsOf(how: string, seen: readonly Seen[]): Row[] {
  const lines = seen.flatMap(({ text, at }) => {
    const line = lineIn(text);
    return line ? [{ ...line, at }] : [];
  });
  const told = new Set(lines.map(({ number }) => number)).size;
  if (told !== rate.count || lines.length !== rate.count) {
    throw new Error(`of ${rate.count} lines, ${told} were told, in ${lines.length}`);
  }
  const waits = lines.map(({ written, at }) => at - written);
  const times = lines.map(({ written }) => written);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
  const note = `${rate.count.toLocaleString('en-US')} lines, ${(rate.count / seconds).toFixed(0)} a second`;
  return [
    { name: `log line, written → ${how}, p50`, value: percentile(waits, 0.5), unit: 'ms', note },
    { name: `log line, written → ${how}, p95`, value: percentile(waits, 0.95), unit: 'ms' },
  ];
}
