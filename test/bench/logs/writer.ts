import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What the container runs: it says that it is there, waits until a file says that somebody reads, and writes `count` lines, one
 * every `everyMs`. Each says when it was written.
 */
const [begin = '', count = '', everyMs = ''] = process.argv.slice(2);

process.stdout.write('ready\n');
while (!existsSync(begin)) await sleep(20);
const begun = performance.now();
for (let line = 0; line < Number(count); line += 1) {
  // Late for one line, it is not late for all that follow.
  await sleep(Math.max(0, begun + line * Number(everyMs) - performance.now()));
  process.stdout.write(`line ${line} written at ${Date.now()} ${'.'.repeat(60)}\n`);
}
