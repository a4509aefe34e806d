import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Ran, runScript } from './run-script.ts';
import { describeInShells } from './shells.ts';

const secret = 'run-secret-1';
const nasty = 'say "hi"\n\ttab \\back \\n $HOME `id` é 😀 \'q\' %s -n';

describeInShells('the helper', (shell) => {
  let gateway: Recorder;
  let scratch: string;

  beforeAll(async () => {
    gateway = await startRecorder();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'drover-helper-'));
    gateway.received = [];
    gateway.answer = () => ({ status: 200, body: '{"ok":true}' });
  });
  afterEach(() => rm(scratch, { recursive: true, force: true }));

  function help(
    name: string,
    args: readonly string[] = [],
    more: { stdin?: string | Buffer; env?: { [name: string]: string } } = {},
  ): Promise<Ran> {
    return runScript(shell, `bin/${name}`, {
      args,
      stdin: more.stdin ?? '',
      env: {
        GATEWAY_URL: gateway.url,
        SHUTDOWN_SECRET: secret,
        AL_SIGNAL_DIR: join(scratch, 'signals'),
        AL_RETRY_SECONDS: '0 0',
        AL_POLL_SECONDS: '0',
        ...more.env,
      },
    });
  }
  const sent = (nth = 0): unknown => JSON.parse(gateway.received[nth]?.body ?? 'null');
  const signalled = (name: string): Promise<string> =>
    readFile(join(scratch, 'signals', name), 'utf8');

  it.each([
    ['rlock', '/locks/acquire'],
    ['runlock', '/locks/release'],
    ['rlock-heartbeat', '/locks/heartbeat'],
  ])('%s posts the key and prints the answer with one end of line', async (name, path) => {
    const body = '{"ok":true,"resourceKey":"deploy://api","fence":3}';
    gateway.answer = () => ({ status: 200, body });
    expect(await help(name, [nasty])).toEqual({ code: 0, stdout: `${body}\n`, stderr: '' });
    expect(gateway.received).toMatchObject([{ method: 'POST', path }]);
    expect(sent()).toEqual({ secret, resourceKey: nasty });
  });

  it.each([
    ['rlock', ['key']],
    ['al-subagent-wait', ['call-1']],
  ])('%s asks as a part of the trace that the run is in, and of no other', async (name, args) => {
    gateway.answer = () => ({ status: 200, body: '{"ok":true,"status":"completed"}' });
    const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    for (const TRACEPARENT of [traceparent, 'x\r\nHost: elsewhere', '']) {
      await help(name, args, { env: { TRACEPARENT } });
    }
    const told = gateway.received.map(({ headers }) => headers.traceparent);
    expect(told).toEqual([traceparent, undefined, undefined]);
  });

  it.each([
    [200, 0],
    [201, 7],
    [204, 7],
    [302, 7],
    [400, 4],
    [401, 7],
    [403, 3],
    [404, 2],
    [409, 1],
    [413, 7],
    [429, 7],
    [500, 12],
    [502, 10],
    [503, 5],
    [504, 11],
  ])(
    'rlock, al-subagent, al-subagent-check and al-shutdown end a %i with %i',
    async (status, code) => {
      const body = status === 204 ? '' : '{"some":"body"}';
      gateway.answer = () => ({ status, body });
      const ran = await Promise.all([
        help('rlock', ['a:b']),
        help('al-subagent', ['worker'], { stdin: 'do it' }),
        help('al-subagent-check', ['c-1']),
      ]);
      for (const one of ran) expect(one).toEqual({ code, stdout: `${body}\n`, stderr: '' });
      expect(await help('al-shutdown', ['why'])).toEqual({ code, stdout: body, stderr: '' });
    },
  );

  it('prints one empty line and ends with 6 where nobody answers', async () => {
    const env = { GATEWAY_URL: 'http://127.0.0.1:1' };
    const nothing = { code: 6, stdout: '\n', stderr: '' };
    expect(await help('rlock', ['a:b'], { env })).toEqual(nothing);
    expect(await help('al-subagent', ['w'], { env, stdin: 'x' })).toEqual(nothing);
    expect(await help('al-subagent-check', ['c'], { env })).toEqual(nothing);
    gateway.answer = () => undefined;
    expect(await help('runlock', ['a:b'])).toEqual(nothing);
    expect(gateway.received).toHaveLength(3);
  });

  it.each([
    ['rlock', '{"ok":false,"reason":"no gateway"}\n'],
    ['runlock', '{"ok":false,"reason":"no gateway"}\n'],
    ['rlock-heartbeat', '{"ok":false,"reason":"no gateway"}\n'],
    ['al-subagent', '{"ok":false,"reason":"no gateway"}\n'],
    ['al-subagent-check', '{"status":"error","errorMessage":"no gateway"}\n'],
    ['al-subagent-wait', '{"error":"no gateway"}\n'],
    ['al-shutdown', '{"ok":false,"reason":"no gateway"}'],
  ])('%s fails with 5 where there is no gateway', async (name, stdout) => {
    for (const args of [[], ['a:b']]) {
      expect(await help(name, args, { env: { GATEWAY_URL: '' } })).toEqual({
        code: 5,
        stdout,
        stderr: '',
      });
    }
  });

  it.each([
    ['rlock', [], 'error'],
    ['runlock', [''], 'error'],
    ['rlock-heartbeat', [], 'error'],
    ['al-subagent', [], 'reason'],
    ['al-subagent-check', [], 'errorMessage'],
    ['al-subagent-wait', [], 'error'],
    ['al-subagent-wait', ['--timeout', '5'], 'error'],
    ['al-subagent-wait', ['c', '--timeout'], 'error'],
    ['al-subagent-wait', ['c', '--timeout', 'soon'], 'error'],
    ['al-status', [''], 'error'],
    ['al-exit', ['soon'], 'error'],
    ['al-exit', ['256'], 'error'],
  ])('%s %j says how it is used, ends with 9 and sends nothing', async (name, args, field) => {
    const ran = await help(name, args);
    expect(ran).toMatchObject({ code: 9, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({ [field]: expect.stringContaining(`usage: `) });
    expect(gateway.received).toEqual([]);
  });

  it('tries again while the gateway is busy, broken or hangs up, with the same call', async () => {
    const answers = [undefined, { status: 503, body: '{}' }];
    gateway.answer = (_, nth) =>
      nth <= answers.length ? answers[nth - 1] : { status: 200, body: '{"ok":true,"callId":"c"}' };
    expect(await help('al-subagent', ['w'], { stdin: 'x' })).toMatchObject({ code: 0 });
    const keys = gateway.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    await help('al-subagent', ['w'], { stdin: 'x' });
    expect(gateway.received[3]?.headers['idempotency-key']).not.toBe(keys[0]);
  });

  it.each([400, 403, 404, 409, 413])('does not try again after %i', async (status) => {
    gateway.answer = () => ({ status, body: '{}' });
    await help('rlock', ['a:b']);
    expect(gateway.received).toHaveLength(1);
  });

  it('runlock takes a lock for released that is gone after a lost answer, and only then', async () => {
    const gone = { status: 404, body: '{"ok":false,"reason":"lock not found"}' };
    gateway.answer = (_, nth) => (nth === 1 ? undefined : gone);
    expect(await help('runlock', ['a:b'])).toMatchObject({ code: 0, stdout: '{"ok":true}\n' });
    gateway.answer = () => gone;
    expect(await help('runlock', ['a:b'])).toMatchObject({ code: 2, stdout: `${gone.body}\n` });
  });

  it.each([['al-subagent'], ['al-call']])('%s sends any text as context', async (name) => {
    const answer = { status: 200, body: '{"ok":true,"callId":"c-1"}' };
    gateway.answer = () => answer;
    const ran = await help(name, ['worker'], { stdin: `${nasty}\n\n` });
    expect(ran).toEqual({ code: 0, stdout: `${answer.body}\n`, stderr: '' });
    expect(sent()).toEqual({ secret, targetAgent: 'worker', context: nasty });
    await help(name, ['worker'], { stdin: '' });
    expect(sent(1)).toMatchObject({ context: '' });
  });

  it('sends a context and a value of more than an argument can hold', async () => {
    const long = 'é"\n'.repeat(150_000);
    await help('al-subagent', ['w'], { stdin: `${long}x` });
    expect(sent()).toMatchObject({ context: `${long}x` });
    await help('al-return', [], { stdin: `${long}x` });
    expect(sent(1)).toEqual({ secret, value: `${long}x` });
  });

  it('makes valid JSON of bytes that are no text', async () => {
    await help('al-subagent', ['w'], { stdin: Buffer.from([0x61, 0xff, 0x00, 0x62]) });
    expect(sent()).toMatchObject({ context: 'a\ufffdb' });
  });

  it.each([['al-subagent-check'], ['al-check']])(
    '%s asks with the secret in a header',
    async (name) => {
      gateway.answer = () => ({ status: 200, body: '{"status":"running"}' });
      expect(await help(name, ['../a b?c'])).toMatchObject({
        code: 0,
        stdout: '{"status":"running"}\n',
      });
      expect(gateway.received).toMatchObject([
        {
          method: 'GET',
          path: '/calls/..%2Fa%20b%3Fc',
          headers: { authorization: `Bearer ${secret}` },
        },
      ]);
    },
  );

  it('keeps a secret with quotes whole', async () => {
    await help('al-subagent-check', ['c'], { env: { SHUTDOWN_SECRET: 'a"b\\c' } });
    expect(gateway.received[0]?.headers.authorization).toBe('Bearer a"b\\c');
    await help('rlock', ['a:b'], { env: { SHUTDOWN_SECRET: 'a"b\\c' } });
    expect(sent(1)).toMatchObject({ secret: 'a"b\\c' });
  });

  it('takes a gateway address with a path and an end slash', async () => {
    await help('rlock', ['a:b'], { env: { GATEWAY_URL: `${gateway.url}/fn/` } });
    expect(gateway.received[0]?.path).toBe('/fn/locks/acquire');
  });

  it.each([['al-subagent-wait'], ['al-wait']])(
    '%s waits until all calls are over',
    async (name) => {
      const bodies: { [path: string]: string[] } = {
        '/calls/a': [
          '{"status":"pending"}',
          '{"status": "running"}',
          '{"status":"completed","returnValue":"x\\ny \\"status\\":\\"running\\" z"}',
        ],
        '/calls/b': ['{"status":"error","errorMessage":"agent run failed"}'],
      };
      gateway.answer = ({ path }) => {
        const body = (bodies[path]?.length ?? 0) > 1 ? bodies[path]?.shift() : bodies[path]?.[0];
        return body === undefined
          ? { status: 404, body: '{"error":"call not found"}' }
          : { status: 200, body };
      };
      const ran = await help(name, ['a', '--timeout', '60', 'b', 'c']);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toBe(
        '{"a":{"status":"completed","returnValue":"x\\ny \\"status\\":\\"running\\" z"},' +
          '"b":{"status":"error","errorMessage":"agent run failed"},"c":{"error":"call not found"}}\n',
      );
      const asked = gateway.received.map(({ path }) => path);
      expect(asked).toEqual(['/calls/a', '/calls/b', '/calls/c', '/calls/a', '/calls/a']);
    },
  );

  it('al-subagent-wait ends with 8 when its time is up, with what is known', async () => {
    gateway.answer = ({ path }) =>
      path === '/calls/a' ? { status: 200, body: '{"status":"running"}' } : undefined;
    const ran = await help('al-subagent-wait', ['a', 'b', '--timeout', '0']);
    expect(ran.code).toBe(8);
    expect(JSON.parse(ran.stdout)).toEqual({
      a: { status: 'running' },
      b: { status: 'error', errorMessage: 'gateway unreachable' },
    });
  });

  it.each(['00', '000', '08'])(
    'al-subagent-wait takes %s for a decimal number',
    async (seconds) => {
      gateway.answer = () => ({ status: 200, body: '{"status":"completed"}' });
      expect(await help('al-subagent-wait', ['a', '--timeout', seconds])).toEqual({
        code: 0,
        stdout: '{"a":{"status":"completed"}}\n',
        stderr: '',
      });
    },
  );

  it('al-subagent-wait sits out a broken gateway, and is valid JSON whatever that says', async () => {
    const answers: ({ status: number; body: string } | undefined)[] = [
      undefined,
      { status: 502, body: '<html>"bad" gateway</html>' },
      { status: 429, body: '' },
    ];
    gateway.answer = (_, nth) =>
      nth <= 3 ? answers[nth - 1] : { status: 200, body: '{\n "status": "completed"\n}' };
    expect(await help('al-subagent-wait', ['a'])).toMatchObject({
      code: 0,
      stdout: '{"a":{"status":"completed"}}\n',
    });
    gateway.answer = () => ({ status: 502, body: '<html>' });
    const ran = await help('al-subagent-wait', ['a"b', '--timeout', '0']);
    expect(ran.code).toBe(8);
    expect(JSON.parse(ran.stdout)).toEqual({
      'a"b': { status: 'error', errorMessage: 'the gateway answered 502' },
    });
  });

  it('al-subagent-wait ends at once when its secret is nobody’s', async () => {
    gateway.answer = () => ({ status: 403, body: '{"error":"invalid secret"}' });
    expect(await help('al-subagent-wait', ['a'])).toMatchObject({
      code: 0,
      stdout: '{"a":{"error":"invalid secret"}}\n',
    });
  });

  it('al-status keeps the text and tells the gateway', async () => {
    expect(await help('al-status', [nasty, 'ignored'])).toEqual({
      code: 0,
      stdout: '{"ok":true}\n',
      stderr: '',
    });
    expect(await signalled('status')).toBe(nasty);
    expect(gateway.received[0]?.path).toBe('/signals/status');
    expect(sent()).toEqual({ secret, text: nasty });
  });

  it('al-return takes its arguments, or else its input', async () => {
    expect(await help('al-return', ['a', 'b  c', 'd'])).toEqual({
      code: 0,
      stdout: '{"ok":true}\n',
      stderr: '',
    });
    expect(await signalled('return')).toBe('a b  c d');
    expect(gateway.received[0]?.path).toBe('/signals/return');
    expect(sent()).toEqual({ secret, value: 'a b  c d' });
    await help('al-return', [], { stdin: `${nasty}\n` });
    expect(await signalled('return')).toBe(nasty);
    expect(sent(1)).toEqual({ secret, value: nasty });
  });

  it('al-rerun leaves an empty file and tells the gateway', async () => {
    expect(await help('al-rerun')).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: '' });
    expect(await signalled('rerun')).toBe('');
    expect(gateway.received[0]?.path).toBe('/signals/rerun');
    expect(sent()).toEqual({ secret });
  });

  it.each([
    [[], '15'],
    [['42'], '42'],
    [['0'], '0'],
  ])('al-exit %j keeps the code and sends nothing', async (args, code) => {
    expect(await help('al-exit', args)).toEqual({ code: 0, stdout: '{"ok":true}\n', stderr: '' });
    expect(await signalled('exit')).toBe(code);
    expect(gateway.received).toEqual([]);
  });

  it.each([
    ['al-status', ['x']],
    ['al-return', ['x']],
    ['al-rerun', []],
  ])('%s succeeds without a gateway, or with one that says no', async (name, args) => {
    const ok = { code: 0, stdout: '{"ok":true}\n', stderr: '' };
    expect(await help(name, args, { env: { GATEWAY_URL: '' } })).toEqual(ok);
    gateway.answer = () => ({ status: 403, body: '{"error":"invalid secret"}' });
    expect(await help(name, args)).toEqual(ok);
    expect(await help(name, args, { env: { AL_SIGNAL_DIR: '/dev/null/signals' } })).toMatchObject({
      code: 7,
      stdout: expect.stringContaining('"ok":false'),
    });
  });

  it('al-shutdown has a reason of its own when it is given none', async () => {
    gateway.answer = () => ({ status: 200, body: '{"killed":true,"container":"x"}' });
    expect(await help('al-shutdown')).toEqual({
      code: 0,
      stdout: '{"killed":true,"container":"x"}',
      stderr: '',
    });
    expect(gateway.received[0]?.path).toBe('/shutdown');
    expect(sent()).toEqual({ secret, reason: 'agent requested shutdown' });
    await help('al-shutdown', [nasty]);
    expect(sent(1)).toEqual({ secret, reason: nasty });
  });

  it('setenv keeps variables of any text for the shells that come after it', async () => {
    const file = join(scratch, 'env.sh');
    const env = { AL_ENV_FILE: file, FROM: nasty };
    const set = await help('setenv', ['A_1', nasty, 'B', 'two\n'], { env });
    expect(set).toEqual({ code: 0, stdout: 'set 2 variable(s)\n', stderr: '' });
    await help('setenv', ['B', 'three'], { env });
    const kept = await runScript(shell, '/../../test/agent-image/print-env.sh', { env });
    expect(kept.stdout).toBe(`${nasty}|three|`);
    for (const args of [[], ['A'], ['A B', 'x'], ['1A', 'x']]) {
      expect(await help('setenv', args, { env })).toMatchObject({ code: 9, stdout: '' });
    }
  });
});
