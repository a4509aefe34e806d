import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Container, logged, logLines, makeContainer, untilPrinted } from './container.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { describeInContainers } from './shells.ts';

describeInContainers('the entry point', (shell) => {
  let container: Container;
  let gateway: Recorder;

  beforeAll(async () => {
    gateway = await startRecorder();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    container = await makeContainer(shell);
    gateway.received = [];
    gateway.answer = () => ({ status: 200, body: '{"ok":true}' });
  });
  afterEach(() => container.remove());

  const script = (text: string, name = 'run.sh') =>
    container.write(`static/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  const config = (fields: object) => ({ AGENT_CONFIG: JSON.stringify({ name: 'a', ...fields }) });

  it('runs run.sh in its home with the prompt, passes its output on and ends as it does', async () => {
    await script('echo "$PROMPT|$PWD|$HOME"; echo \'{"my":"json"}\'; echo err >&2; exit 7');
    const { code, stdout, stderr } = await container.run({ PROMPT: 'it\'s "this"' });
    expect(code).toBe(7);
    expect(stdout).toContain(
      `\nit's "this"|${container.scratch}|${container.scratch}\n{"my":"json"}\n`,
    );
    expect(stderr).toBe('err\n');
    expect(logged(stdout, 'container starting')).toEqual([
      { agentName: 'agent', modelId: null, gatewayUrl: '' },
    ]);
  });

  it('runs test-script.sh where there is no run.sh, executable or not', async () => {
    await container.write('static/test-script.sh', 'echo tested; exit 42');
    expect(await container.run()).toMatchObject({
      code: 42,
      stdout: expect.stringContaining('\ntested\n'),
    });
    await container.write('static/run.sh', 'echo ran', 0o644);
    expect(await container.run()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('\nran\n'),
    });
  });

  it('has the helpers on the path, and no secret of theirs in an argument', async () => {
    for (const program of ['curl', 'jq']) {
      await container.write(
        `bin/${program}`,
        `#!/bin/sh\nprintf '%s\\n' "$@" >>"${container.directory}/arguments"\nPATH=\${PATH#*${container.directory}/bin:}\nexec ${program} "$@"\n`,
        0o755,
      );
    }
    await script(
      'rlock a:b && echo ctx | al-subagent w && al-subagent-check c && al-wait c && al-status s && al-shutdown',
    );
    gateway.answer = () => ({ status: 200, body: '{"status":"completed"}' });
    const env = { GATEWAY_URL: gateway.url, SHUTDOWN_SECRET: 'the-run-secret' };
    expect(await container.run(env)).toMatchObject({ code: 0 });
    const asked = gateway.received.map(({ method, path }) => `${method} ${path}`);
    expect(asked).toEqual([
      'GET /health',
      'POST /locks/acquire',
      'POST /calls',
      'GET /calls/c',
      'GET /calls/c',
      'POST /signals/status',
      'POST /shutdown',
    ]);
    expect(await container.read('arguments')).toContain('/locks/acquire');
    expect(await container.read('arguments')).not.toContain('the-run-secret');
  });

  it.each([
    ['al-exit', 15, { type: 'exit', exitCode: 15, reason: 'unrecoverable' }],
    ['al-exit 0; al-rerun', 0, { type: 'exit', exitCode: 0, reason: 'done' }],
    ['al-exit 012', 12, { type: 'exit', exitCode: 12, reason: 'rate limited' }],
    ['al-rerun; al-return x', 42, { type: 'rerun' }],
    ['al-return "a \\"b\\""', 0, { type: 'return', value: 'a "b"' }],
    [
      'printf "12abc" >"$AL_SIGNAL_DIR/exit"',
      12,
      { type: 'exit', exitCode: 12, reason: 'rate limited' },
    ],
  ])('after %s it ends with %i and says so', async (commands, code, signal) => {
    await script(`{ ${commands}; } >/dev/null`);
    const ran = await container.run();
    expect(ran.code).toBe(code);
    expect(logged(ran.stdout, 'signal-result')).toEqual([signal]);
  });

  it.each(['true', 'al-return ""', 'echo soon >"$AL_SIGNAL_DIR/exit"', 'al-return x; exit 3'])(
    'after %s it has no signal to tell of',
    async (commands) => {
      await script(`{ ${commands}; } >/dev/null`);
      const ran = await container.run();
      expect(ran.code).toBe(commands.includes('exit 3') ? 3 : 0);
      expect(logged(ran.stdout, 'signal-result')).toEqual([]);
    },
  );

  it('logs the beginning of a long return value', async () => {
    await script('printf "é%.0s" $(seq 1500) | al-return');
    const { stdout } = await container.run();
    expect(logged(stdout, 'signal-result')).toEqual([
      { type: 'return', value: 'é'.repeat(1000), length: 1500 },
    ]);
  });

  it('forgets the signals of whoever had the directory before', async () => {
    await container.write('tmp/signals/rerun', '');
    await script('true');
    expect(await container.run()).toMatchObject({ code: 0 });
  });

  it('runs hooks before and after, whose output is not logged', async () => {
    await script('echo work; cat hook');
    const hooks = {
      pre: ['echo "it\'s" >hook; echo hidden', 'echo two >>hook'],
      post: ['false', 'cat hook >../after'],
    };
    const ran = await container.run(config({ hooks }));
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("\nwork\nit's\ntwo\n") });
    expect(ran.stdout).not.toContain('hidden\n');
    expect(logLines(ran.stdout).map(({ msg }) => msg)).toEqual([
      'container starting',
      'hooks.pre starting',
      'hooks.pre complete',
      'hooks.post starting',
      'hooks.post failed',
      'hooks.post complete',
    ]);
    expect(await container.read('after')).toBe("it's\ntwo\n");
  });

  it('fails when a hook before the work fails or takes too long, and does not work then', async () => {
    await script('echo work');
    for (const [hook, exitCode] of [
      ['exit 9', 9],
      ['sleep 60', 124],
    ] as const) {
      const hooks = { pre: [hook, 'echo more >&2'], post: ['echo after >&2'] };
      const ran = await container.run({ ...config({ hooks }), AL_HOOK_SECONDS: '1' });
      expect(ran).toMatchObject({ code: 1, stderr: '' });
      expect(ran.stdout).not.toContain('work');
      expect(logged(ran.stdout, 'hooks.pre failed')).toEqual([{ hook: 1, cmd: hook, exitCode }]);
    }
  });

  it('forwards SIGTERM to its child and all of that, and still runs the hooks', async () => {
    await script(
      'trap "echo asked to end; exit 5" TERM\n(trap "echo the other too; exit" TERM; sleep 100 & wait) &\necho ready; sleep 100 & wait',
    );
    const running = container.start(config({ hooks: { post: ['echo after >&2'] } }));
    await untilPrinted(running, 'ready\n');
    running.child.kill('SIGTERM');
    const ran = await running.over;
    expect(ran).toMatchObject({ code: 143, stderr: 'after\n' });
    expect(ran.stdout).toContain('asked to end\n');
  });

  it('kills a child that does not end when it is asked to', async () => {
    await script('trap "" TERM; echo ready; while :; do sleep 1; done');
    const running = container.start();
    await untilPrinted(running, 'ready\n');
    running.child.kill('SIGTERM');
    expect(await running.over).toMatchObject({ code: 143 });
  });

  it('ends a child that has no session of its own yet', async () => {
    // Stands in for a machine on which the child has just been started.
    await container.write(
      'bin/setsid',
      '#!/bin/sh\ncase $1 in *run.sh) echo slow; sleep 5 ;; esac\nexec "$@"\n',
      0o755,
    );
    await script('echo worked');
    const running = container.start(config({ hooks: { post: ['echo after >&2'] } }));
    await untilPrinted(running, 'slow\n');
    running.child.kill('SIGTERM');
    const ran = await running.over;
    expect(ran).toMatchObject({ code: 143, stderr: 'after\n' });
    expect(ran.stdout).not.toContain('worked');
  });

  it('ends with 124 when its own time is up', async () => {
    await script('echo ready; sleep 100');
    expect(await container.run({ TIMEOUT_SECONDS: '1' })).toMatchObject({ code: 124 });
    await container.write('static/timeout', '1\n');
    expect(await container.run()).toMatchObject({ code: 124 });
  });

  it('leaves nothing running that its script left behind', async () => {
    // It would hold the output open, and this test up.
    await script('sleep 100 & echo done');
    expect(await container.run()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('\ndone\n'),
    });
  });

  it('waits for the gateway and goes on without it', async () => {
    await script('echo work');
    gateway.answer = (_, nth) =>
      nth < 3 ? { status: 503, body: '' } : { status: 200, body: '{"status":"ok"}' };
    const env = { GATEWAY_URL: gateway.url, AL_HEALTH_SECONDS: '0' };
    expect(await container.run(env)).toMatchObject({ code: 0 });
    expect(gateway.received.map(({ path }) => path)).toEqual(['/health', '/health', '/health']);
    const ran = await container.run({ ...env, GATEWAY_URL: 'http://127.0.0.1:1' });
    expect(ran.code).toBe(0);
    expect(logged(ran.stdout, 'gateway out of reach')).toHaveLength(1);
  });

  it('counts bytes of a prompt, which is what a variable has room for', async () => {
    const prompt = '羊'.repeat(60_000);
    gateway.answer = () => ({ status: 200, body: JSON.stringify({ agentConfig: {}, prompt }) });
    await script('cat "$AL_PROMPT_FILE"; echo; env | grep -c ^PROMPT= || true');
    const env = { DROVER_FETCH: '1', GATEWAY_URL: gateway.url, LC_ALL: 'C.UTF-8' };
    const ran = await container.run(env);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`\n${prompt}\n0\n`);
  });

  it('fetches what is too large for a variable, with the secret in a header', async () => {
    const prompt = `a "long" one ${'x'.repeat(200_000)}`;
    const run = { agentConfig: { name: 'fetched', hooks: { pre: ['echo pre >&2'] } }, prompt };
    gateway.answer = () => ({ status: 200, body: JSON.stringify(run) });
    await script('cat "$AL_PROMPT_FILE"; echo; env | grep -c ^PROMPT=');
    const env = { DROVER_FETCH: '1', GATEWAY_URL: gateway.url, SHUTDOWN_SECRET: 's' };
    const ran = await container.run(env);
    // grep has found none.
    expect(ran).toMatchObject({ code: 1, stderr: 'pre\n' });
    expect(ran.stdout).toContain(`\n${prompt}\n0\n`);
    expect(gateway.received[0]).toMatchObject({
      method: 'GET',
      path: '/run',
      headers: { authorization: 'Bearer s' },
    });
    gateway.answer = () => ({ status: 403, body: '{}' });
    expect(await container.run(env)).toMatchObject({ code: 1 });
  });

  it('reads the configuration and the prompt that an image has', async () => {
    await container.write('static/agent-config.json', '{"name":"baked"}');
    await container.write('static/prompt-static.txt', 'skeleton\n');
    await script('cat "$AL_PROMPT_FILE"');
    const { stdout } = await container.run({ PROMPT: 'suffix' });
    expect(logged(stdout, 'container starting')).toMatchObject([{ agentName: 'baked' }]);
    expect(stdout).toContain('\nskeleton\n\nsuffix');
  });

  it.each([
    ['AGENT_CONFIG that is no object', { AGENT_CONFIG: '[1]' }, 1],
    ['AGENT_CONFIG that is no JSON', { AGENT_CONFIG: '{' }, 1],
    ['nothing that could do the work', {}, 13],
  ])('says what is wrong with %s', async (_, env: { [name: string]: string }, code) => {
    const ran = await container.run(env);
    expect(ran.code).toBe(code);
    expect(logged(ran.stdout, 'container entry error')).toEqual([{ error: expect.any(String) }]);
  });
});
