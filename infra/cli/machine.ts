import { createInterface } from 'node:readline';
import { gcloudGoogle } from '../gcloud/gcloud.ts';
import { childProcess } from '../gcloud/process.ts';
import { reachOf } from './reach.ts';
import type { Screen, Shell } from './shell.ts';

/** Whoever wants to be told that nobody reads on has closed the pipe: that is no error of ours. */
const closedPipe = 'EPIPE';

/** This machine, as the process of a command has it. */
export function machine(running: NodeJS.Process): Shell {
  const { env, stdin, stdout, stderr } = running;
  const gcloud = childProcess(env.DROVER_GCLOUD || 'gcloud', env);
  return {
    environment: env,
    // npm runs a script in the package's directory; where the person is, it says beside.
    directory: env.npm_lifecycle_event === 'drover' && env.INIT_CWD ? env.INIT_CWD : running.cwd(),
    out: screenOf(stdout),
    err: screenOf(stderr),
    ask: async (question) =>
      stdin.isTTY && stderr.isTTY ? askPerson(question, running) : undefined,
    input: async (most) => (stdin.isTTY ? undefined : readAll(stdin, most)),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    every: (ms, act) => {
      const timer = setInterval(act, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    interrupted: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
          running.once(signal, () => resolve());
        }
      }),
    gcloud,
    fetch: globalThis.fetch,
    google: (project) => gcloudGoogle({ project, run: gcloud, reach: reachOf(env) }),
  };
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== closedPipe) throw error;
    isClosed = true;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY ?? false,
    columns: () => stream.columns,
    isClosed: () => isClosed,
  };
}

async function readAll(stream: AsyncIterable<Buffer | string>, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > most) break;
  }
  return Buffer.concat(chunks);
}

/** The line that a person types; undefined when there comes none. The terminal stays as it is, so that Ctrl-C interrupts. */
function askPerson(
  question: string,
  { stdin, stderr }: NodeJS.Process,
): Promise<string | undefined> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(undefined));
    lines.question(question, (line) => {
      resolve(line);
      lines.close();
    });
  });
}
