import { parseArgs } from 'node:util';
import { rates } from './faults.ts';
import { live } from './life.ts';

const usage = `Usage: npm run sim -- [--seeds N] [--seed S] [--minutes M] [--faults heavy|light|none]

  --seeds N    how many lives to simulate (default: 100)
  --seed S     the first seed (default: 1); alone, that life only, with its whole history
  --minutes M  minutes of deliveries and faults in each life (default: 5)
  --faults L   how much goes wrong (default: heavy)`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    faults: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const first = Number(values.seed ?? 1);
const replay = values.seed !== undefined && values.seeds === undefined;
const seeds = replay ? 1 : Number(values.seeds ?? 100);
const minutes = Number(values.minutes ?? 5);
const faults = rates[values.faults ?? 'heavy'];

const wrong = [first, seeds, minutes].some((number) => !Number.isInteger(number) || number < 1);
if (values.help || wrong || !faults) {
  process.stdout.write(`${usage}\n`);
  process.exitCode = values.help ? 0 : 2;
} else {
  let runs = 0;
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const life = await live(seed, minutes, faults);
    runs += life.runs;
    if (replay || life.violation) process.stdout.write(`${life.history.join('\n')}\n\n`);
    if (!life.violation) continue;
    failed += 1;
    process.stdout.write(`seed ${seed}: ${life.violation}\n`);
    const options = `--minutes ${minutes} --faults ${values.faults ?? 'heavy'}`;
    process.stdout.write(`replay it: npm run sim -- --seed ${seed} ${options}\n`);
    break;
  }
  const lived = failed > 0 ? 'stopped at the first that failed' : `${runs} runs in them`;
  process.stdout.write(`simulated ${seeds} lives of ${minutes} minutes: ${lived}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
