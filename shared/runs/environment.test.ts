import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { agentOf, projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import type { Agent } from '../projects/project.ts';
import { variableProblem } from '../projects/variable.ts';
import { environment } from './environment.ts';
import type { OriginTrigger } from './trigger.ts';

const manual: OriginTrigger = { type: 'manual', by: 'octavia' };
const trace = '0af7651916cd43dd8448eb211c80319c';

function variablesOf(
  agent: Partial<Agent>,
  { trigger = manual, input = null }: { trigger?: OriginTrigger; input?: string | null } = {},
): { [name: string]: string } {
  return environment(
    { ...settings, gatewayUrl: 'https://gateway.test/' },
    {
      runId: 'triage-aaaaaaaa',
      run: { agent: 'triage', trigger, context: null, trace },
      agent: agentOf(agent),
      project: { agents: {} },
      input,
    },
  );
}

describe('the variables of a container', () => {
  it('are those of its agent beside those of the contract', () => {
    const hooks = { pre: ['make ready'], post: ['make tidy'] };
    const {
      AGENT_CONFIG = '',
      PROMPT,
      ...others
    } = variablesOf({
      env: { LOG_LEVEL: 'debug' },
      hooks,
    });
    expect(JSON.parse(AGENT_CONFIG)).toMatchObject({ name: 'triage', hooks, _skillBody: 'Do it.' });
    expect(PROMPT).toMatch(/^<agent-config>/);
    expect(others).toEqual({
      LOG_LEVEL: 'debug',
      GATEWAY_URL: 'https://gateway.test',
      TIMEOUT_SECONDS: '60',
      AL_RUN_ID: 'triage-aaaaaaaa',
      AL_AGENT: 'triage',
      traceparent: expect.stringMatching(new RegExp(`^00-${trace}-(?!0{16})[0-9a-f]{16}-01$`)),
      TRACEPARENT: others.traceparent,
    });
  });

  it('name the call that waits for its answer', () => {
    const call: OriginTrigger = {
      type: 'call',
      call: 'c-1',
      caller: 'plan-aaaaaaaa',
      chain: ['plan'],
      depth: 1,
    };
    expect(variablesOf({}, { trigger: call, input: '' }).AL_CALL_ID).toBe('c-1');
    expect(variablesOf({}, { trigger: { ...call, call: null } })).not.toHaveProperty('AL_CALL_ID');
  });

  it('are none that an agent may have, and none of its own takes their place', () => {
    const contract = Object.keys(variablesOf({}));
    const env = Object.fromEntries(contract.map((name) => [name, 'x']));
    expect(Object.values(variablesOf({ env }))).not.toContain('x');
    for (const name of [...contract, 'DROVER_FETCH', 'AL_CALL_ID', 'SHUTDOWN_SECRET']) {
      expect(variableProblem(name)).toBeDefined();
    }
  });

  it('are left out whole where they are too long, and it is said that they are to be fetched', () => {
    const longSkill = variablesOf({ skill: 'é'.repeat(16_384) });
    expect(longSkill).toMatchObject({ DROVER_FETCH: '1', PROMPT: expect.any(String) });
    expect(longSkill).not.toHaveProperty('AGENT_CONFIG');
    const longPrompt = variablesOf({}, { input: 'é'.repeat(16_384) });
    expect(longPrompt).toMatchObject({ DROVER_FETCH: '1', AGENT_CONFIG: expect.any(String) });
    expect(longPrompt).not.toHaveProperty('PROMPT');
  });

  it('may have 32,768 bytes each, and not one more', () => {
    const { AGENT_CONFIG = '' } = variablesOf({ skill: '' });
    const room = 32_768 - Buffer.byteLength(AGENT_CONFIG);
    expect(variablesOf({ skill: 'x'.repeat(room) })).not.toHaveProperty('DROVER_FETCH');
    expect(variablesOf({ skill: 'x'.repeat(room + 1) })).toHaveProperty('DROVER_FETCH');
  });
});

describe('the trace of a run', () => {
  it('is that of the run which called it, or which it repeats; any other has its own', async () => {
    const agent = {
      webhooks: [],
      retry: { attempts: 1, exitCodes: null, backoff: 1, maxBackoff: 1 },
    };
    const { world, start, call } = await createCallers(
      projectOf({ a: { ...agent, scale: 2 }, b: agent }),
    );
    const [first, second] = [await start('a'), await start('a')];
    const called = await call(first, 'b');
    await world.exit(called.runId, { exitCode: 1 });
    const traces: string[] = [];
    for (const id of [first, called.runId, (await world.run(called.runId)).next ?? '', second]) {
      traces.push((await world.run(id)).trace);
    }
    const [of] = traces;
    expect(traces.slice(0, 3)).toEqual([of, of, of]);
    expect(traces[3]).not.toBe(of);
    for (const each of traces) expect(each).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  });
});
