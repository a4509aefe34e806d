import { endPrograms } from '../e2e/program.ts';
import { readOptions, usage } from './options.ts';
import { report } from './report.ts';
import { soak } from './soak.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const options = readOptions(process.argv.slice(2), Date.now());
if (options === 'help') print(usage);
else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  const { deliveries, seed, killEveryMs, longestMs } = options;
  print(
    `seed ${seed}: ${deliveries} deliveries, a kill every ${killEveryMs / 1_000} s, at most ${longestMs / 60_000} min`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void endPrograms().then(() => process.exit(1)));
  }
  const soaked = await soak(options, print);
  report(soaked).forEach(print);
  if (soaked.directory !== undefined) print(`all of it lies in ${soaked.directory}`);
  process.exit(soaked.violations.length === 0 ? 0 : 1);
}
