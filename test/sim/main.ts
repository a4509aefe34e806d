import type { Ask, Told } from './ask.ts';
import { readOptions, type SimOptions, usage } from './options.ts';
import { add, lineOf, nothing, reportOf, summaryOf } from './report.ts';
import { shrinkLife } from './shrink-life.ts';
import { inOrder, startThreads } from './threads.ts';

/** Lives that looking for a shorter life may take. */
const mostLives = 300;
/** Lives asked for ahead of the one that is waited for, a thread: long ones do not hold up the others. */
const aheadOfEach = 4;

const print = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

/** Answers with the exit code. */
async function simulate(options: SimOptions): Promise<number> {
  const begun = performance.now();
  const totals = nothing();
  const close = (): void => {
    const cpu = process.cpuUsage();
    const [used, took] = [(cpu.user + cpu.system) / 1e6, (performance.now() - begun) / 1e3];
    const pace = (totals.lives / took).toFixed(1);
    print(
      ...summaryOf(totals),
      `${used.toFixed(1)} s of CPU, ${took.toFixed(1)} s, ${pace} lives a second`,
    );
  };
  const interrupted = (): void => {
    print('', 'interrupted; so far:');
    close();
    process.exit(totals.failed > 0 ? 1 : 130);
  };
  process.on('SIGINT', interrupted);
  const threads = startThreads(
    Math.min(options.jobs, options.isReplay ? 1 : options.seeds),
    new URL('./thread.js', import.meta.url),
  );
  const ahead = options.jobs * aheadOfEach;
  /** A life that was asked for with less in it is one that was shrunk. */
  const isShrunk =
    options.without.length > 0 || options.only !== undefined || options.quietAfterMs !== undefined;
  const report = async (told: Told): Promise<void> => {
    const ask = askOf(options, told.seed);
    const shrunk = isShrunk
      ? { ask, told, lives: 0, isMinimal: false }
      : await shrinkLife(threads, ask, told, { ahead: options.jobs, mostLives });
    // The same life gives the same history: once more, with every call told.
    const again = await threads.live({ ...shrunk.ask, withHistory: true });
    print('', ...reportOf(ask, told, { ...shrunk, told: again }), '');
  };
  try {
    for await (const told of inOrder(threads, asksOf(options), ahead)) {
      add(totals, told);
      if (options.isReplay) print(...told.history);
      if (!told.broken) continue;
      print(lineOf(told));
      if (options.all) continue;
      await report(told);
      break;
    }
  } finally {
    process.off('SIGINT', interrupted);
    await threads.stop();
  }
  close();
  return totals.failed > 0 ? 1 : 0;
}

function askOf(options: SimOptions, seed: number): Ask {
  const { minutes, level, without, only, quietAfterMs, sabotage, isReplay } = options;
  return {
    seed,
    minutes,
    level,
    ...(without.length > 0 && { without }),
    ...(only && { only }),
    ...(quietAfterMs !== undefined && { quietAfterMs }),
    ...(sabotage && { sabotage }),
    ...(isReplay && { withHistory: true }),
  };
}

function* asksOf(options: SimOptions): Generator<Ask> {
  const { first, seeds } = options;
  for (let seed = first; seed < first + seeds; seed += 1) yield askOf(options, seed);
}

const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  print(usage);
} else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await simulate(options);
}
