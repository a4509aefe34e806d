import { countOf, type Steering, steeringCommand } from '../../steer/command.ts';
import { type Ended, followLog } from '../../steer/follow.ts';
import { lineText } from '../../steer/log-line.ts';
import { checkedName } from '../../steer/name.ts';
import { type Line, tellLines, type Wanted } from '../../steer/read-lines.ts';
import { newestRun, nextRun } from '../../steer/run-of.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import type { Result } from '../result.ts';

/** Lines that are asked for with `--lines`, at most: whoever wants more wants all. */
const mostLines = 10_000_000;

interface LogsOptions {
  name: string;
  follow?: boolean;
  lines: string;
  grep?: string;
}

/** Shows logs. */
export const logs: CliCommand = steeringCommand<LogsOptions>({
  name: 'logs',
  summary: 'Show the log of a run, or of the newest run of an agent',
  about:
    'It shows the last lines, and with -f each line that comes, until the run is over; of an agent, it goes on with its next run until it is interrupted. However long a log is, no more than a page of it is held.',
  define: (command) => {
    command
      .argument('<name>', 'id of a run, or name of an agent', checkedName)
      .option('-f, --follow', 'go on with the lines that come')
      .option('--lines <n>', 'how many of the last lines, or all', '200')
      .option('--grep <expression>', 'only lines that match this regular expression');
  },
  act: async (steering, { name, follow = false, lines, grep }) => {
    const count = lines === 'all' ? 'all' : countOf('--lines', lines, mostLines);
    if (follow && grep !== undefined) {
      throw new Failure('WRONG_COMMAND_LINE', '--follow and --grep exclude each other.', {
        todo: 'Follow, and have the lines searched by grep: `drover logs <name> -f | grep …`.',
      });
    }
    const found = await newestRun(steering, name);
    if (found.run === undefined) {
      if (!follow) return { lines: [`${name} has no run yet`], data: { run: null, lines: 0 } };
    } else if (!follow) {
      const wanted: Wanted = { lines: count, ...(grep === undefined ? {} : { grep }) };
      const teller = tellerOf(steering, found.run);
      await tellLines(steering, found.run, wanted, teller.tell);
      return {
        ...(teller.count() === 0 ? { lines: ['there are no such lines'] } : {}),
        data: { run: found.run, lines: teller.count() },
      };
    }
    return followFrom(steering, found, count);
  },
});

/** Tells lines of a run, and counts them. What it answers says whether anybody still reads. */
function tellerOf({ session: { printer, shell } }: Steering, run: string) {
  let told = 0;
  return {
    count: () => told,
    tell: (line: Line): boolean => {
      told += 1;
      printer.print({ kind: 'line', text: lineText(line, shell.now()), data: { run, ...line } });
      return !shell.out.isClosed();
    },
  };
}

async function followFrom(
  steering: Steering,
  { run, agent }: { run: string | undefined; agent: string | undefined },
  lines: number | 'all',
): Promise<Result> {
  const { printer } = steering.session;
  let next = run ?? (agent === undefined ? undefined : await nextRun(steering, agent, undefined));
  let wanted = lines;
  while (next !== undefined) {
    const current = next;
    const ended = await followRun(steering, current, wanted);
    if (!ended) return {};
    if (agent === undefined) return endOf(ended);
    printer.print({ kind: 'note', text: `${ended.summary}; waiting for the next run` });
    next = await nextRun(steering, agent, current);
    wanted = 'all';
    printer.print({ kind: 'note', text: `${next} is next` });
  }
  return {};
}

/** Tells the last lines of a run's log and what comes, until it is over; undefined when whoever reads has gone. */
export async function followRun(
  steering: Steering,
  run: string,
  lines: number | 'all',
): Promise<Ended | undefined> {
  const { tell } = tellerOf(steering, run);
  const place = await tellLines(steering, run, { lines }, tell);
  return place === undefined ? undefined : followLog(steering, run, place, tell);
}

/** The end of a run that was followed. One that did not succeed is something found. */
export function endOf({ id, state, reason, summary, exitCode, signal }: Ended): Result {
  return {
    lines: [summary],
    data: { run: id, state, reason, summary, exitCode, signal },
    isFound: state !== 'succeeded',
    next: `\`drover runs explain ${id}\`.`,
  };
}
