import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { steeringCommand } from '../../steer/command.ts';
import { checkedName } from '../../steer/name.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import type { Session } from '../session.ts';
import { endOf, followRun } from './logs.ts';
import { startedResult } from './runs.ts';

interface RunOptions {
  agent: string;
  prompt?: string;
  promptFile?: string;
  follow?: boolean;
  idempotencyKey?: string;
}

/** Runs an agent because a person asks for it. */
export const run: CliCommand = steeringCommand<RunOptions>({
  name: 'run',
  summary: 'Run an agent now',
  about: 'Of an agent that is paused, or has no free slot, the run waits.',
  changes: true,
  define: (command) => {
    command
      .argument('<agent>', 'name of the agent', checkedName)
      .argument('[prompt]', 'what it is asked, beside its instructions')
      .option('--prompt-file <path>', 'a file with what it is asked; - is standard input')
      .option('-f, --follow', 'show its log, and end when it ends')
      .option('--idempotency-key <key>', 'the same key twice is one run (default: a new one)');
  },
  act: async (steering, { agent, prompt, promptFile, follow = false, idempotencyKey }) => {
    if (prompt !== undefined && promptFile !== undefined) {
      throw new Failure('WRONG_COMMAND_LINE', 'A prompt and --prompt-file exclude each other.');
    }
    const { api, told, once, session } = steering;
    const asked = promptFile === undefined ? prompt : await read(session, promptFile);
    const header = idempotencyKey === undefined ? once() : { 'idempotency-key': idempotencyKey };
    const asking = api.v1.agents[':agent'].trigger.$post({
      param: { agent },
      header,
      json: asked === undefined ? {} : { prompt: asked },
    });
    const started = await told(asking, 'run');
    if (!follow) return startedResult(started, steering);
    const { lines } = startedResult(started, { ...steering, width: Number.POSITIVE_INFINITY });
    session.printer.print({ kind: 'note', text: lines.join('; ') });
    const ended = await followRun(steering, started.run, 'all');
    return ended ? endOf(ended) : {};
  },
});

/** More bytes than any prompt may have: what is longer is refused by whoever counts them. */
const mostRead = 4_000_000;

async function read({ shell }: Session, file: string): Promise<string> {
  if (file === '-') {
    const bytes = await shell.input(mostRead);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
    throw new Failure('WRONG_COMMAND_LINE', 'Nothing comes on standard input.', {
      todo: 'Pipe the prompt into the command, or name a file.',
    });
  }
  try {
    return readFileSync(resolve(shell.directory, file), 'utf8');
  } catch (cause) {
    throw new Failure('WRONG_COMMAND_LINE', `--prompt-file ${file} cannot be read.`, { cause });
  }
}
