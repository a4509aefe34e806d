import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the container runs: it says that it is there, waits until a file says how many lines somebody wants to read, writes them, one
 * every `everyMs`, and ends when the file is gone, or soon: the log of a run that is over may be taken for complete before it is, and
 * a chunk that came late is told at the run's end only. Each line says when it was written.
 */
const [wanted = '', everyMs = ''] = process.argv.slice(2);

process.stdout.write('ready\n');
while (!existsSync(wanted)) await sleep(20);
const count = Number(readFileSync(wanted, 'utf8'));
const begun = performance.now();
for (let line = 0; line < count; line += 1) {
  // Late for one line, it is not late for all that follow.
  await sleep(Math.max(0, begun + line * Number(everyMs) - performance.now()));
  process.stdout.write(`line ${line} written at ${Date.now()} ${'.'.repeat(60)}\n`);
}
for (let waited = 0; waited < 100 && existsSync(wanted); waited += 1) await sleep(100);
