import { gcloudGoogle } from '../gcloud/gcloud.ts';
import { GcloudMissing } from '../gcloud/google.ts';
import type { Ended } from '../gcloud/process.ts';
import type { Screen, Shell } from './shell.ts';

/** What stands for the world outside in a test, and what was written to it. */
export interface TestShell extends Shell {
  /** Everything on a screen. */
  shown(screen: 'out' | 'err'): string;
  /** Every gcloud command line and every API call, in order. */
  asked: string[];
  /** Lets time pass: timers that are due act. */
  pass(ms: number): void;
  /** As Ctrl-C does. */
  interrupt(): void;
}

export interface TestWorld {
  environment?: { [variable: string]: string };
  directory?: string;
  isTerminal?: boolean;
  /** Default: not known. */
  columns?: number;
  /** Answers what is asked by HTTP. Default: nobody is there. */
  fetch?: typeof fetch;
  /** Ms since the epoch at the beginning. */
  now?: number;
  /** What comes on standard input. Undefined: a person sits there. */
  input?: string;
  /** What a person types, line by line. Undefined: nobody is there. */
  typed?: string[];
  /** What gcloud prints for a command line that begins so, or why it refuses (`ERROR: …`). 'missing': there is no gcloud. */
  gcloud?: { readonly [begin: string]: unknown } | 'missing';
  /** What an API answers to `<method> <url>` that begins so: a body, or a status. */
  api?: { readonly [begin: string]: unknown };
}

/** gcloud's words to somebody who is not signed in. */
export const notSignedIn =
  'ERROR: (gcloud.projects.describe) You do not currently have an active account selected.';

export function testShell(world: TestWorld = {}): TestShell {
  const { environment = {}, directory = '/nowhere', isTerminal = false, typed } = world;
  const screens = { out: '', err: '' };
  const asked: string[] = [];
  let now = 0;
  let interrupt = (): void => undefined;
  const timers = new Set<{ ms: number; next: number; act(): void }>();
  const screen = (name: 'out' | 'err'): Screen => ({
    isTerminal,
    columns: () => world.columns,
    isClosed: () => false,
    write: (text) => {
      screens[name] += text;
    },
  });
  const gcloud: Shell['gcloud'] = async (args) => {
    const line = args.join(' ');
    asked.push(`gcloud ${line}`);
    if (world.gcloud === 'missing') throw new GcloudMissing('gcloud', new Error('ENOENT'));
    return ended(answerTo(world.gcloud ?? {}, line) ?? notSignedIn);
  };
  const call: typeof fetch = async (input, init) => {
    const line = `${init?.method} ${String(input)}`;
    asked.push(line);
    const answer = answerTo(world.api ?? {}, line) ?? 404;
    return typeof answer === 'number'
      ? new Response('{}', { status: answer })
      : Response.json(answer);
  };
  return {
    environment,
    directory,
    out: screen('out'),
    err: screen('err'),
    shown: (name) => screens[name],
    asked,
    ask: async (question) => {
      screens.err += question;
      return typed?.shift();
    },
    input: async () => (world.input === undefined ? undefined : Buffer.from(world.input)),
    now: () => (world.now ?? 0) + now,
    elapsed: () => now,
    every: (ms, act) => {
      const timer = { ms, next: now + ms, act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: (ms) => {
      const end = now + ms;
      for (;;) {
        const [first] = [...timers]
          .filter(({ next }) => next <= end)
          .sort((a, b) => a.next - b.next);
        if (!first) break;
        now = first.next;
        first.next += first.ms;
        first.act();
      }
      now = end;
    },
    interrupted: () =>
      new Promise((resolve) => {
        interrupt = resolve;
      }),
    interrupt: () => interrupt(),
    gcloud,
    fetch: world.fetch ?? (() => Promise.reject(new TypeError('fetch failed'))),
    google: (project) => gcloudGoogle({ project, run: gcloud, fetch: call }),
  };
}

/** The answer whose beginning is the longest that fits. */
function answerTo(answers: { readonly [begin: string]: unknown }, line: string): unknown {
  const fitting = Object.keys(answers).filter((begin) => line.startsWith(begin));
  const [best] = fitting.sort((one, other) => other.length - one.length);
  return best === undefined ? undefined : answers[best];
}

function ended(answer: unknown): Ended {
  const isRefusal = typeof answer === 'string' && answer.startsWith('ERROR: ');
  return isRefusal
    ? { code: 1, stdout: '', stderr: answer }
    : { code: 0, stdout: JSON.stringify(answer), stderr: '' };
}
