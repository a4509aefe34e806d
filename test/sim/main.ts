import { parseArgs } from 'node:util';
import { levels } from './faults.ts';
import { live } from './life.ts';

const usage = `Usage: npm run sim -- [--seeds N] [--seed S] [--minutes M] [--faults heavy|light|none] [--all]

  --seeds N    how many lives to simulate (default: 100)
  --seed S     the first seed (default: 1); alone, that life only, with its whole history
  --minutes M  minutes of deliveries and faults in each life (default: 5)
  --faults L   how much goes wrong (default: heavy)
  --all        go on after a life that failed, and tell of each only the law that was broken`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    faults: { type: 'string' },
    all: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const first = Number(values.seed ?? 1);
const replay = values.seed !== undefined && values.seeds === undefined;
const seeds = replay ? 1 : Number(values.seeds ?? 100);
const minutes = Number(values.minutes ?? 5);
const level = values.faults ?? 'heavy';
const faults =
  level === 'none' || level === 'light' || level === 'heavy' ? levels[level] : undefined;

const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const wrong = [first, seeds, minutes].some((number) => !Number.isInteger(number) || number < 1);
if (values.help || wrong || !faults) {
  print(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  let runs = 0;
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const life = await live({ seed, minutes, faults });
    runs += life.runs;
    if (replay) print(...life.history, '');
    if (!life.violation) continue;
    failed += 1;
    print(`seed ${seed}: ${life.violation.law}: ${life.violation.message}`);
    if (values.all) continue;
    // The same seed gives the same life: once more, with every call told.
    const { story } = await live({ seed, minutes, faults, withCalls: true });
    print(
      ...story,
      '',
      `replay it: npm run sim -- --seed ${seed} --minutes ${minutes} --faults ${level}`,
    );
    break;
  }
  const lived = failed > 0 ? `${failed} failed` : `${runs} runs in them`;
  print(`simulated ${seeds} lives of ${minutes} minutes: ${lived}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
