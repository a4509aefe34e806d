import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunGcloud } from '../../infra/gcloud/process.ts';

/** Where gcloud is installed, or undefined where it is not. */
export function gcloudRoot(path = process.env.PATH ?? ''): string | undefined {
  const program = path
    .split(delimiter)
    .map((directory) => join(directory, 'gcloud'))
    .find(existsSync);
  return program && dirname(dirname(realpathSync(program)));
}

const clients = 'googlecloudsdk.generated_clients.apis';

/** Modules that the commands load, and that take most of their time. */
const modules = [
  'googlecloudsdk.api_lib.util.apis',
  'googlecloudsdk.core.credentials.store',
  'googlecloudsdk.core.credentials.transports',
  'googlecloudsdk.command_lib.iam.iam_util',
  ...[
    ['artifactregistry', 'v1'],
    ['cloudfunctions', 'v1'],
    ['cloudfunctions', 'v2'],
    ['cloudresourcemanager', 'v1'],
    ['cloudscheduler', 'v1'],
    ['cloudtasks', 'v2'],
    ['firestore', 'v1'],
    ['iam', 'v1'],
    ['logging', 'v2'],
    ['monitoring', 'v1'],
    ['pubsub', 'v1'],
    ['run', 'v1'],
    ['secretmanager', 'v1'],
    ['serviceusage', 'v1'],
  ].map(([api, version]) => `${clients}.${api}.${version}.${api}_${version}_client`),
];

export interface WarmGcloud {
  run: RunGcloud;
  /** How many commands it has run. */
  count(): number;
  close(): Promise<void>;
}

/**
 * The installed gcloud, with its own code and nothing of it replaced, but loaded once: a command takes a tenth of a second and not
 * a whole one. Commands run one after the other.
 *
 * @param cwd The directory in which it runs: `functions deploy --source=.` uploads it.
 */
export function warmGcloud(root: string, env: NodeJS.ProcessEnv, cwd = process.cwd()): WarmGcloud {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'warm-gcloud.py');
  const bundled = join(root, 'platform/bundledpythonunix/bin/python3');
  const child = spawn(
    existsSync(bundled) ? bundled : 'python3',
    ['-S', '-B', sourceOf(script), root, ...modules],
    { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const directory = mkdtempSync(join(tmpdir(), 'warm-gcloud-'));
  const waiting: ((line: string | undefined) => void)[] = [];
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  void ended.then(() => {
    for (const each of waiting.splice(0)) each(undefined);
  });
  let count = 0;
  return {
    count: () => count,
    run: async (args) => {
      count += 1;
      const [stdout, stderr] = ['stdout', 'stderr'].map((name) =>
        join(directory, `${count}.${name}`),
      );
      const answered = new Promise<string | undefined>((resolve) => waiting.push(resolve));
      child.stdin.write(`${JSON.stringify({ args, stdout, stderr })}\n`);
      const line = await answered;
      if (line === undefined) throw new Error('the warm gcloud has ended');
      const { code } = JSON.parse(line) as { code: number };
      return { code, stdout: take(stdout), stderr: take(stderr) };
    },
    close: async () => {
      child.stdin.end();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Python stands beside the sources, also for a test that runs from `dist`. */
function sourceOf(script: string): string {
  return existsSync(script) ? script : script.replace('/dist/', '/');
}

function take(path: string | undefined): string {
  if (path === undefined) return '';
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return text;
}
