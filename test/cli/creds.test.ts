import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createSecretsEngine } from '../../infra/local/engines/secrets/index.ts';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { secretManagerFetch } from '../../infra/rest/test-secret-manager.ts';

// Each call starts a process, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const built = join(repositoryRoot(), 'dist/infra/cli/main.js');
const value = 'ghp_a-value-that-stands-nowhere';

const engine = createSecretsEngine(
  { now: Date.now, random: Math.random, store: memoryStore() },
  { project: 'acme-drover' },
);
const secretManager = secretManagerFetch(engine);

let directory: string;
let server: Server;
let url: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'drover-creds-'));
  mkdirSync(join(directory, 'home'));
  // A gcloud that writes down its whole command line, and says yes.
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> ${join(directory, 'gcloud.log')}
case "$1 $2" in
  'config list') echo '{}';;
  'auth print-access-token') echo '{"token": "a-token"}';;
  'projects describe') echo '{"projectNumber": "1", "lifecycleState": "ACTIVE"}';;
esac
`;
  writeFileSync(join(directory, 'gcloud'), script, { mode: 0o755 });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request.method ?? 'GET', request.url ?? '/', Buffer.concat(chunks)).then(
        async (answered) => {
          response.writeHead(answered.status, { 'content-type': 'application/json' });
          response.end(await answered.text());
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

/** Secret Manager, and a Firestore in which nothing is. */
async function answer(method: string, path: string, body: Buffer): Promise<Response> {
  const readTime = new Date().toISOString();
  if (path.endsWith(':batchGet')) return Response.json([{ missing: 'x', readTime }]);
  if (path.endsWith(':runQuery')) return Response.json([{ readTime }]);
  const init = { method, ...(body.length > 0 && { body: body.toString() }) };
  return secretManager(`https://secretmanager.googleapis.com${path}`, init);
}

/** Starts the built command as a shell would, with this on its standard input. */
function drover(args: readonly string[], input: string) {
  if (!existsSync(built))
    throw new Error(`${built} is missing: these tests need the build, run tsc`);
  const child = spawn(process.execPath, [built, ...args, '--project', 'acme-drover'], {
    cwd: directory,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: join(directory, 'home'),
      DROVER_GCLOUD: join(directory, 'gcloud'),
      CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: url,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_FIRESTORE: url,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
  }
  child.stdin.on('error', () => undefined).end(input);
  return new Promise<{ code: number | null; shown: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, shown }));
  });
}

/** Every file below a directory. */
function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('drover creds, as it is installed', () => {
  it('takes a value from a pipe into Secret Manager, and into nothing else', async () => {
    const { code, shown } = await drover(
      ['creds', 'push', 'github_token', '--file', '-'],
      `${value}\n`,
    );
    expect([code, shown]).toEqual([0, expect.stringContaining('token is new: ')]);
    const kept = engine.readSecret('drover-cred-github_token-default', 'token');
    expect(kept.toString()).toBe(value);
    const encoded = Buffer.from(value).toString('base64');
    const files = filesBelow(directory).map((file) => readFileSync(file, 'utf8'));
    expect(files.join('\n')).toContain('secrets create drover-lock');
    for (const text of [shown, ...files]) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(encoded);
    }
  });

  it('reads no more of a pipe that does not end than shows that it is too much', async () => {
    const { code, shown } = await drover(
      ['creds', 'rotate', 'github_token'],
      'x'.repeat(5_000_000),
    );
    expect([code, shown]).toEqual([2, expect.stringMatching(/^CREDENTIAL_WRONG: .* bytes/)]);
    expect(engine.readSecret('drover-cred-github_token-default', 'token').toString()).toBe(value);
  });
});
