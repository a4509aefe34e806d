import { parseArgs } from 'node:util';
import { type Judged, judgeFake, judgeSeeds, story, sumOf } from './histories.ts';
import { shrink } from './shrink.ts';
import { emulatorWire, localWire, type Wire } from './wire.ts';

const usage = `Usage: npm run locks -- [--histories N] [--seed S] [--target fake|local|emulator]

  --histories N  how many histories to record and judge (default: 1000; over the wire 100)
  --seed S       the first seed (default: 1); alone, that history only, told in full
  --target T     where: in this process under a clock of its own (fake, the default), over the wire to the
                 local cloud (local), or to Google's Firestore emulator (emulator)`;

const { values } = parseArgs({
  options: {
    histories: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const target = values.target ?? 'fake';
const isReplay = values.seed !== undefined && values.histories === undefined;
const first = Number(values.seed ?? 1);
const count = isReplay ? 1 : Number(values.histories ?? (target === 'fake' ? 1_000 : 100));

const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const isWrong = [first, count].some((number) => !Number.isInteger(number) || number < 1);

if (values.help || isWrong || !['fake', 'local', 'emulator'].includes(target)) {
  print(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const wire = target === 'fake' ? undefined : await wireTo(target);
  if (wire && 'missing' in wire) {
    print(`no history recorded: ${wire.missing}`);
    process.exitCode = 1;
  } else await run(wire);
}

async function wireTo(name: string): Promise<Wire | { missing: string }> {
  return name === 'local' ? localWire() : emulatorWire();
}

async function run(wire: Wire | undefined): Promise<void> {
  const sums = await sumOf(judgeSeeds(first, count, wire));
  if (isReplay && !wire) print(...story(await judgeFake(first)), '');
  const { violations } = sums;
  for (const violation of violations.slice(0, 1)) {
    const { seed } = violation.plan;
    print(`seed ${seed}:`, ...story(wire ? violation : await smallest(violation)), '');
    print(`replay it: npm run locks -- --seed ${seed} --target ${target}`);
  }
  print(
    `${sums.histories} histories (${target}): ${sums.operations} questions, ${sums.unanswered} without an answer; ` +
      `${sums.told} answers told of a deadlock, ${sums.untold} did not tell of one that stood; ` +
      `${violations.length} violations`,
  );
  process.exitCode = violations.length > 0 ? 1 : 0;
  await wire?.close();
}

/** The same violation with as little around it as possible. */
async function smallest({ plan }: Judged): Promise<Judged> {
  const isWrong = async (smaller: typeof plan): Promise<boolean> =>
    (await judgeFake(smaller)).problems.length > 0;
  return judgeFake(await shrink(plan, isWrong));
}
