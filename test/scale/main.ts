import { chance } from '../sim/random.ts';
import { herdOf } from './herd.ts';
import { live } from './live.ts';
import { readOptions, usage } from './options.ts';
import { report, tellMinute } from './report.ts';
import { burstOf, dayOf } from './traffic.ts';
import { judge } from './verdict.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  print(usage);
  process.exitCode = 2;
} else {
  const { runs, agents, burst, hours, quota, seed } = options;
  const draws = chance(seed);
  const isBurst = burst !== undefined;
  const herd = herdOf({ agents: isBurst ? 1 : agents, scale: 8, maxWorkQueueSize: 100_000 }, draws);
  const begun = process.cpuUsage();
  const lived = await live({
    herd,
    arrivals: isBurst ? burstOf(herd, burst) : dayOf(herd, runs, hours, draws),
    lastsMs: (isBurst ? 1 : Math.ceil(hours * 60)) * 60_000,
    writesPerMinute: quota,
    chance: draws,
    told: (minute) => {
      if ((minute.number + 1) % (hours < 2 ? 5 : 60) === 0) print(tellMinute(minute));
    },
  });
  const { user, system } = process.cpuUsage(begun);
  for (const line of report(lived, quota)) print(line);
  const wrong = judge(lived);
  for (const line of wrong) print(`BROKEN: ${line}`);
  const seconds = Math.round((user + system) / 1e6);
  print(`${wrong.length === 0 ? 'all held' : `${wrong.length} broken`}; ${seconds} s of CPU`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
