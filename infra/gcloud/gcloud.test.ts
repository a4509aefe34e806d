import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gcloudGoogle } from './gcloud.ts';
import { GcloudMissing } from './google.ts';
import { childProcess, type Ended, type RunGcloud } from './process.ts';

const project = 'acme-drover';

/** A gcloud that answers these in turn, and what it was told. */
function scripted(...answers: Partial<Ended>[]): { run: RunGcloud; told: (readonly string[])[] } {
  const told: (readonly string[])[] = [];
  return {
    told,
    run: async (args) => {
      told.push(args);
      return { code: 0, stdout: '', stderr: '', ...answers.shift() };
    },
  };
}

/** A network that answers these statuses and bodies in turn, and what was sent. */
function network(...answers: [number, unknown][]) {
  const sent: { url: string; init: RequestInit }[] = [];
  const call: typeof fetch = async (url, init = {}) => {
    sent.push({ url: String(url), init });
    const [status, body] = answers.shift() ?? [200, {}];
    return new Response(JSON.stringify(body), { status });
  };
  return { sent, call };
}

describe('gcloud', () => {
  it('is told the project, that nobody answers questions, and to print JSON', async () => {
    const { run, told } = scripted({ stdout: '[{"name":"q"}]' });
    const answer = await gcloudGoogle({ project, run }).gcloud(['tasks', 'queues', 'list']);
    expect(answer).toEqual([{ name: 'q' }]);
    expect(told).toEqual([
      ['tasks', 'queues', 'list', '--project=acme-drover', '--quiet', '--format=json'],
    ]);
  });

  it('reads files that nobody else may, and that are gone afterwards', async () => {
    let path = '';
    const run: RunGcloud = async (args) => {
      path = args.find((word) => word.startsWith('--policy='))?.slice('--policy='.length) ?? '';
      return { code: 0, stdout: JSON.stringify(readFileSync(path, 'utf8')), stderr: '' };
    };
    const google = gcloudGoogle({ project, run });
    expect(await google.gcloud(['x'], { files: { '--policy': 'text' } })).toBe('text');
    expect(existsSync(path)).toBe(false);
  });

  it('removes its files when it is refused, too', async () => {
    let path = '';
    const run: RunGcloud = async (args) => {
      path = args.find((word) => word.startsWith('--policy='))?.slice('--policy='.length) ?? '';
      return { code: 1, stdout: '', stderr: 'ERROR: (gcloud.x) NOT_FOUND: no x' };
    };
    const asked = gcloudGoogle({ project, run }).gcloud(['x'], { files: { policy: 'text' } });
    await expect(asked).rejects.toMatchObject({ code: 'not_found', message: 'NOT_FOUND: no x' });
    expect(path).not.toBe('');
    expect(existsSync(path)).toBe(false);
  });

  it('that is not there is told apart from one that refuses', async () => {
    const run = childProcess('/nowhere/gcloud', {});
    await expect(gcloudGoogle({ project, run }).gcloud(['x'])).rejects.toBeInstanceOf(
      GcloudMissing,
    );
  });

  it('runs as a process of its own, with an exit code and both outputs', async () => {
    const run = childProcess('/bin/sh', {});
    expect(await run(['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('that somebody ended says by which signal', async () => {
    const run = childProcess('/bin/sh', {});
    const ended = await run(['-c', 'kill -TERM $$']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('SIGTERM');
  });
});

describe('a call of an API', () => {
  const token = { stdout: '{"token":"t1"}' };
  const url = 'https://firebaserules.googleapis.com/v1/projects/acme-drover/rulesets';

  it('carries the token of the user and the project whose quota it takes, and asks for a token once', async () => {
    const { run, told } = scripted(token);
    const { call, sent } = network([200, { a: 1 }], [200, {}]);
    const google = gcloudGoogle({ project, run, fetch: call });
    expect(await google.api('POST', url, { b: 2 })).toEqual({ a: 1 });
    await google.api('GET', url);
    expect(told).toHaveLength(1);
    expect(sent[0]?.init.headers).toMatchObject({
      authorization: 'Bearer t1',
      'x-goog-user-project': project,
    });
    expect(sent[0]?.init.body).toBe('{"b":2}');
    expect(sent[1]?.init.body).toBeUndefined();
  });

  it('takes no quota of a project whose services may be off', async () => {
    const { run } = scripted(token);
    const { call, sent } = network([200, {}]);
    const google = gcloudGoogle({ project, run, fetch: call });
    await google.api('POST', 'https://cloudresourcemanager.googleapis.com/v1/projects/x:y');
    expect(sent[0]?.init.headers).not.toHaveProperty('x-goog-user-project');
  });

  it('asks for a new token once the old one has expired', async () => {
    const { run, told } = scripted(token, { stdout: '{"token":"t2"}' });
    const { call, sent } = network([401, {}], [200, { ok: true }]);
    expect(await gcloudGoogle({ project, run, fetch: call }).api('GET', url)).toEqual({ ok: true });
    expect(told).toHaveLength(2);
    expect(sent[1]?.init.headers).toMatchObject({ authorization: 'Bearer t2' });
  });

  it('that nobody is signed in for says so, and asks again the next time', async () => {
    const { run } = scripted(
      { code: 1, stderr: 'ERROR: You do not currently have an active account selected.' },
      token,
    );
    const { call } = network([200, {}]);
    const google = gcloudGoogle({ project, run, fetch: call });
    await expect(google.api('GET', url)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(google.api('GET', url)).resolves.toEqual({});
  });

  it('that nothing answers is unavailable', async () => {
    const { run } = scripted(token);
    const call: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
    };
    await expect(gcloudGoogle({ project, run, fetch: call }).api('GET', url)).rejects.toMatchObject(
      {
        code: 'unavailable',
      },
    );
  });

  it('goes where it is said to go', async () => {
    const { run } = scripted(token);
    const { call, sent } = network([200, {}]);
    const reach = (to: string): string =>
      to.replace('https://firebaserules.googleapis.com', 'http://here');
    await gcloudGoogle({ project, run, fetch: call, reach }).api('GET', url);
    expect(sent[0]?.url).toBe('http://here/v1/projects/acme-drover/rulesets');
  });
});
