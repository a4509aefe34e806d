import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Container, logged, logLines, makeContainer, untilPrinted } from './container.ts';
import { agents, type Example } from './events.ts';
import { describeInOneShell } from './shells.ts';

const standIn = readFileSync(new URL('stand-in.sh', import.meta.url), 'utf8');

interface Model {
  provider: string;
  model: string;
  harness?: string;
  authType?: string;
  thinkingLevel?: string;
  baseUrl?: string;
}

describeInOneShell('a coding agent', (shell) => {
  let container: Container;

  beforeEach(async () => {
    container = await makeContainer(shell);
    for (const name of Object.keys(agents)) await container.write(`bin/${name}`, standIn, 0o755);
    for (const { provider } of Object.values(agents)) {
      await container.write(`credentials/${provider}_key/default/token`, `key of ${provider}\n`);
    }
  });
  afterEach(() => container.remove());

  const says = (name: string, events: readonly object[], nth = '') =>
    container.write(
      `${name}.events${nth}`,
      events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    );
  const environment = (models: readonly Model[], more: object = {}) => ({
    STAND_IN_DIRECTORY: container.directory,
    PROMPT: 'do "this"',
    AGENT_CONFIG: JSON.stringify({ name: 'a', models, _skillBody: 'Be *brief*.', ...more }),
  });
  const work = (models: readonly Model[], more: object = {}) =>
    container.run(environment(models, more));
  const calledWith = async (name: string) =>
    (await container.read(`${name}.arguments`)).split('\n');
  const surroundings = async (name: string) =>
    JSON.parse(await container.read(`${name}.environment`)) as { [name: string]: string };
  const model = (name: string): Model => ({ provider: agents[name]?.provider ?? '', model: 'm-1' });

  it.each(Object.entries(agents))(
    '%s gets the prompt and its key, and is told in log lines',
    async (name, agent: Example) => {
      await says(name, agent.works);
      const ran = await work([model(name)]);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(await container.read(`${name}.input`)).toBe('do "this"');
      expect(await calledWith(name)).toEqual(expect.arrayContaining(['m-1', ...agent.arguments]));
      expect((await surroundings(name))[agent.key]).toBe(`key of ${agent.provider}`);
      expect(
        logLines(ran.stdout).filter(({ msg }) => ['assistant', 'bash', 'tool error'].includes(msg)),
      ).toEqual([
        { msg: 'assistant', level: 'info', text: 'Looking.' },
        { msg: 'bash', level: 'info', cmd: 'echo hi' },
        {
          msg: 'tool error',
          level: 'error',
          tool: expect.any(String),
          cmd: 'echo hi',
          result: 'exit code 3',
        },
        { msg: 'assistant', level: 'info', text: 'All done.' },
      ]);
      expect(logged(ran.stdout, 'token-usage').at(-1)).toEqual(agent.usage);
      expect(logged(ran.stdout, 'run completed')).toEqual([{ outputLength: 17 }]);
    },
  );

  it.each(Object.entries(agents))(
    '%s has SKILL.md as its instructions, with what its commands print',
    async (name, agent) => {
      await says(name, agent.works);
      await container.write(
        'static/SKILL.md',
        '---\nname: a\n---\nIt is !`echo "now $((1 + 1))"` - !`exit 3`.\n```\n!not\n```\n',
      );
      const ran = await container.run({
        ...environment([model(name)]),
        AGENT_CONFIG: JSON.stringify({ models: [model(name)] }),
      });
      expect(ran.code).toBe(0);
      expect(await container.read(`tmp/${agent.instructions}`)).toBe(
        'It is now 2 - (the command ended with 3).\n```\n!not\n```\n',
      );
    },
  );

  it.each(Object.entries(agents))(
    '%s that is rate limited gives way to the next model',
    async (name, agent) => {
      const other = name === 'pi' ? 'claude' : 'pi';
      await says(name, agent.isLimited);
      await container.write(`${name}.then`, `exit ${agent.limitedCode}`);
      await says(other, agents[other]?.works ?? []);
      const ran = await work([model(name), model(other)]);
      expect(ran.code).toBe(0);
      expect(logged(ran.stdout, 'rate limited, trying next model')).toEqual([
        { provider: agent.provider, model: 'm-1' },
      ]);
      expect(logged(ran.stdout, 'run completed')).toHaveLength(1);
    },
  );

  it.each(Object.entries(agents))(
    '%s that is refused by its provider ends the run with 10',
    async (name, agent) => {
      await says(name, agent.isRefused);
      await container.write(`${name}.then`, `exit ${agent.limitedCode}`);
      expect(await work([model(name), model('pi')])).toMatchObject({ code: 10 });
    },
  );

  it('tries all models again while all are rate limited, then ends with 12', async () => {
    await says('claude', agents.claude?.isLimited ?? []);
    await says('codex', agents.codex?.isLimited ?? []);
    const env = { ...environment([model('claude'), model('codex')]), AL_BACKOFF_SECONDS: '0 0 0' };
    const ran = await container.run(env);
    expect(ran.code).toBe(12);
    expect(await container.read('claude.times')).toBe('4\n');
    expect(await container.read('codex.times')).toBe('4\n');
    expect(logged(ran.stdout, 'all models exhausted, backing off')).toHaveLength(3);
  });

  it('adds up what all of its sessions used', async () => {
    const pi = agents.pi as Example;
    await says('pi', [...pi.works, ...pi.isLimited], '.1');
    await says('pi', pi.works);
    const ran = await work([model('pi'), model('pi')]);
    expect(logged(ran.stdout, 'token-usage').at(-1)).toMatchObject({
      inputTokens: 2 * (pi.usage.inputTokens as number),
      turnCount: 5,
    });
  });

  it('is ended after three tools were refused access', async () => {
    const refusal = (id: string) => [
      {
        type: 'tool_execution_start',
        toolCallId: id,
        toolName: 'bash',
        args: { command: 'gh pr list' },
      },
      {
        type: 'tool_execution_end',
        toolCallId: id,
        isError: true,
        result: { content: [{ type: 'text', text: 'HTTP 401: Bad credentials' }] },
      },
    ];
    await says('pi', [...refusal('1'), ...refusal('2'), ...refusal('3')]);
    await container.write('pi.then', 'sleep 100');
    const ran = await work([model('pi')]);
    expect(ran.code).toBe(1);
    expect(logged(ran.stdout, 'access refused')).toHaveLength(1);
  });

  it('that breaks off without a word ends the run with 1, and its errors are told', async () => {
    await container.write('claude.events', 'no event\n{"half":');
    await container.write('claude.then', 'echo "it broke" >&2; exit 9');
    const ran = await work([model('claude')]);
    expect(ran).toMatchObject({ code: 1, stderr: 'it broke\n' });
    expect(ran.stdout).toContain('\nno event\n{"half":\n');
    expect(logged(ran.stdout, 'agent session failed')).toEqual([
      { harness: 'claude', kind: 'error', exitCode: 9, error: 'it broke\n' },
    ]);
  });

  it('signals as a script does', async () => {
    await says('claude', agents.claude?.works ?? []);
    await container.write('claude.then', 'al-rerun >&2');
    expect(await work([model('claude')])).toMatchObject({ code: 42 });
  });

  it('is ended by SIGTERM', async () => {
    await says('pi', agents.pi?.works ?? []);
    await container.write('pi.then', 'sleep 100');
    const running = container.start(environment([model('pi')]));
    await untilPrinted(running, 'All done.');
    running.child.kill('SIGTERM');
    expect(await running.over).toMatchObject({ code: 143 });
  });

  it('is the one that the model names, or pi for a provider that has none', async () => {
    await says('pi', agents.pi?.works ?? []);
    const groq = await work([{ provider: 'groq', model: 'm' }]);
    expect(groq.code).toBe(0);
    const named = await work([
      { provider: 'anthropic', model: 'm', harness: 'pi', thinkingLevel: 'high' },
    ]);
    expect(named.code).toBe(0);
    expect(await calledWith('pi')).toEqual(
      expect.arrayContaining(['anthropic', '--thinking', 'high']),
    );
    expect(await work([{ provider: 'x', model: 'm', harness: 'emacs' }])).toMatchObject({
      code: 13,
    });
  });

  it('works through Vertex AI as the job itself, with no key', async () => {
    await says('gemini', agents.gemini?.works ?? []);
    await says('claude', agents.claude?.works ?? []);
    const job = {
      GOOGLE_CLOUD_PROJECT: 'p-1',
      GOOGLE_CLOUD_LOCATION: 'europe-west1',
      GEMINI_API_KEY: 'stale',
    };
    const vertex = (id: string) => ({
      ...environment([{ provider: 'vertex', model: id }]),
      ...job,
    });
    expect(await container.run(vertex('gemini-x'))).toMatchObject({ code: 0 });
    const gemini = await surroundings('gemini');
    expect(gemini).toMatchObject({
      GOOGLE_GENAI_USE_VERTEXAI: 'true',
      GOOGLE_CLOUD_PROJECT: 'p-1',
      GOOGLE_CLOUD_LOCATION: 'europe-west1',
    });
    expect(gemini).not.toHaveProperty('GEMINI_API_KEY');
    expect(await container.run(vertex('claude-x'))).toMatchObject({ code: 0 });
    expect(await surroundings('claude')).toMatchObject({
      CLAUDE_CODE_USE_VERTEX: '1',
      ANTHROPIC_VERTEX_PROJECT_ID: 'p-1',
    });
  });
});
