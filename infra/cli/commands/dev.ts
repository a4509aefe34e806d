import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readOptions, type StartOptions } from '../../local/start/options.ts';
import { portProblem } from '../../local/start/ports.ts';
import { createStopper } from '../../local/start/stop.ts';
import { formatProblem, readProject } from '../../project-files.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import type { CommonOptions, Session } from '../session.ts';

/** Its own options, as commander reads them. */
interface DevOptions extends CommonOptions {
  port?: string;
  state?: string;
  demo?: boolean;
  tickSeconds?: string;
  events?: string;
  ownProcess?: boolean;
}

export const dev: CliCommand = {
  name: 'dev',
  summary: 'Run the project on this machine, with no account',
  about: 'What `npm start` does: the functions on a cloud that is on this machine only.',
  without: ['project', 'region', 'yes'],
  hearsSignals: true,
  define: (command: Command) => {
    command
      .option(
        '--port <n>',
        "the functions' port; n+1 shows Firestore, n+2 is the local cloud",
        '8080',
      )
      .option(
        '--state <path>',
        "where the local cloud keeps its state (default: the project's .drover)",
      )
      .option('--no-demo', 'send no example delivery')
      .option('--tick-seconds <n>', 'seconds between two sweeps', '60')
      .option('--events <url>', 'push what happens to runs to a URL of this machine')
      .option('--own-process', 'run the functions in a process of their own');
  },
  act: async (session, options) => {
    const chosen = readStart(session, options);
    const { project: directory, port, state } = chosen;
    const parsed = readProject(directory, (agent) => `drover-local/${agent}`);
    if (!parsed.ok) {
      throw new Failure('WRONG_PROJECT_FILES', `${directory} is not a project that can run.`, {
        details: parsed.problems.map(formatProblem),
      });
    }
    if (options.dryRun) {
      const busy = await portProblem([port, port + 1, port + 2]);
      if (busy !== undefined) throw notStarted(busy);
      const agents = Object.keys(parsed.project.agents);
      return {
        lines: [`would run ${agents.join(', ')} of ${directory} on ports ${port} to ${port + 2}`],
        data: { directory, port, state, agents },
        next: '`drover dev`.',
      };
    }
    return stayUp(session, chosen, options.json ?? false);
  },
};

/** The options, as the start knows them: it judges them. */
function readStart({ shell }: Session, options: DevOptions): StartOptions {
  const { port, state, demo = true, tickSeconds, events, ownProcess = false } = options;
  const directory = resolve(shell.directory, options.directory ?? '.');
  const chosen = readOptions(
    [
      `--project=${directory}`,
      `--state=${state ?? join(directory, '.drover')}`,
      ...(port === undefined ? [] : [`--port=${port}`]),
      ...(tickSeconds === undefined ? [] : [`--tick-seconds=${tickSeconds}`]),
      ...(events === undefined ? [] : [`--events=${events}`]),
      ...(demo ? [] : ['--no-demo']),
      ...(ownProcess ? ['--own-process'] : []),
    ],
    shell.directory,
  );
  if (chosen === 'help') throw new Error('nobody asked for help here');
  if ('wrong' in chosen) throw new Failure('WRONG_COMMAND_LINE', `${chosen.wrong}.`);
  return chosen;
}

async function stayUp(
  { shell, printer }: Session,
  options: StartOptions,
  isJson: boolean,
): Promise<{ staysUp: true }> {
  const print = (line = ''): void => {
    if (!isJson) shell.out.write(`${line}\n`);
    else if (line !== '') printer.print({ kind: 'note', text: line });
  };
  const stopper = createStopper();
  // The local cloud is as much code as all other commands together: they need not wait for it.
  const { start } = await import('../../local/start/start.ts');
  const started = await start(options, shell.directory, stopper, print);
  if (!started.ok) {
    const failure = notStarted(started.why);
    printer.fail(failure);
    stopper.stop(failure.exitCode);
  }
  return { staysUp: true };
}

function notStarted(why: string): Failure {
  return new Failure('LOCAL_START_FAILED', undefined, { details: why.trim().split('\n') });
}
