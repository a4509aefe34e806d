import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
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
const patienceMs = 45_000;

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
      `exec '${process.execPath}' '${writer}' "${beginFile(directory, '$CLOUD_RUN_JOB')}" ${rate.count} ${rate.everyMs}`,
  });
  try {
    // The first run meets functions that have not loaded their clients.
    await follow(cloud, 'warm-up', byControlApi);
    return [
      ...rowsOf('told by the control API', await follow(cloud, 'api', byControlApi)),
      ...rowsOf('printed by drover logs -f', await follow(cloud, 'cli', byCommand)),
    ];
  } finally {
    await cloud.stop();
  }
}

function beginFile(directory: string, job: string): string {
  return join(directory, `begin-${job}`);
}

async function follow(cloud: LocalCloud, id: string, read: Reader): Promise<Seen[]> {
  const run = await cloud.deliver(id);
  const seen: Seen[] = [];
  const reading = read(cloud, run, (text) => {
    seen.push({ text, at: Date.now() });
    // Nothing is written before somebody reads.
    if (/\bready$/.test(text)) writeFileSync(beginFile(cloud.directory, `drover-${run}`), '');
  });
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      reject(new Error(`${seen.length} lines of ${run} within ${patienceMs} ms`));
    }, patienceMs).unref();
  });
  await Promise.race([reading, late]);
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

/**
 * The figures of what was seen.
 *
 * @throws Error when a line is missing or was told twice: what was measured would be another log.
 */
export function rowsOf(how: string, seen: readonly Seen[]): Row[] {
  const lines = seen.flatMap(({ text, at }) => {
    const [, number, written] = /\bline (\d+) written at (\d+)/.exec(text) ?? [];
    return number === undefined ? [] : [{ number: Number(number), written: Number(written), at }];
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
