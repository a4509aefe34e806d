import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentOf } from '../../test/project.ts';
import type { Agent } from '../projects/project.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { type BlockName, blockNames } from './block.ts';
import { promptOf, type Told } from './prompt.ts';
import type { OriginTrigger, Trigger } from './trigger.ts';

const schedule: OriginTrigger = { type: 'schedule', due: '2026-03-01T12:00:00.000Z' };
const manual: OriginTrigger = { type: 'manual', by: 'octavia' };
const webhook: OriginTrigger = { type: 'webhook', source: 'github', delivery: 'github:1' };
const replay: OriginTrigger = { ...webhook, type: 'replay', by: 'octavia' };
const call: OriginTrigger = {
  type: 'call',
  call: 'c',
  caller: 'plan-aaaaaaaa',
  chain: ['lead', 'plan'],
  depth: 2,
};
const context: WebhookContext = {
  source: 'github',
  event: 'issues',
  repo: 'acme/pasture',
  title: 'The gate is open',
  sender: 'octavia',
  timestamp: '2026-03-01T12:00:00.000Z',
};

interface Given extends Partial<Pick<Told, 'project' | 'input'>> {
  context?: WebhookContext;
  agent?: Partial<Agent>;
}

function ask(trigger: Trigger, { context, agent, ...given }: Given = {}): string {
  return promptOf({
    runId: 'triage-aaaaaaaa',
    run: { agent: 'triage', trigger, context: context ?? null },
    agent: agentOf(agent ?? {}),
    project: { agents: {} },
    input: null,
    ...given,
  });
}

/** The blocks of a prompt, in their order, each with what it holds. */
function blocksOf(prompt: string): [name: string, text: string][] {
  const blocks = prompt.matchAll(/^<([a-z-]+)>\n(.*?)\n<\/\1>$/gms);
  return [...blocks].map(([, name = '', text = '']) => [name, text]);
}

function blockOf(prompt: string, name: BlockName): string {
  return blocksOf(prompt).find(([found]) => found === name)?.[1] ?? '';
}

/** What is asked of the run, after all blocks that every prompt of its agent has. */
function askedOf(prompt: string): string {
  return prompt.split('</skill-lock>\n\n')[1] ?? '';
}

describe('the prompt of a run', () => {
  it('has its blocks in the order of the contract, and what is asked last', () => {
    const project = { agents: { triage: agentOf({}), fixer: agentOf({}) } };
    const prompt = ask(manual, { input: 'Mend.', project });
    expect(blocksOf(prompt).map(([name]) => name)).toEqual([
      'agent-config',
      'credential-context',
      'environment',
      'skill-lock',
      'skill-subagent',
      'user-prompt',
    ]);
    expect(prompt).toMatch(/^<agent-config>\n/);
  });

  it('has the parameters of the agent as JSON', () => {
    const params = { repos: ['a/b'], text: '</agent-config> & <skill-lock>' };
    const prompt = ask(schedule, { agent: { params: JSON.stringify(params) } });
    expect(JSON.parse(blockOf(prompt, 'agent-config'))).toEqual(params);
    expect(blockOf(ask(schedule), 'agent-config')).toBe('{}');
  });

  it('names credentials and where they are, and forbids to give one away', () => {
    const credentials = ['github_token:default', 'pager:night', 'anthropic_key:default'];
    const held = blockOf(ask(schedule, { agent: { credentials } }), 'credential-context');
    expect(held).toContain('- github_token:default: ');
    expect(held).toContain('$GITHUB_TOKEN');
    expect(held).toContain('- pager:night: ');
    expect(held).not.toContain('anthropic');
    expect(held).toContain('`/credentials`');
    expect(held).toContain('al-shutdown');
    expect(blockOf(ask(schedule), 'credential-context')).toMatch(/^You have no credentials/);
  });

  it('offers another run only to what may have one', () => {
    expect(blockOf(ask(schedule), 'environment')).toContain('al-rerun');
    expect(blockOf(ask(webhook, { context }), 'environment')).not.toContain('al-rerun');
    expect(blockOf(ask(call, { input: '' }), 'environment')).not.toContain('al-rerun');
  });

  it('says how long a lock lasts in this project', () => {
    expect(blockOf(ask(schedule), 'skill-lock')).toContain('after 1800 seconds');
    const project = { agents: {}, resourceLockTimeout: 60 };
    expect(blockOf(ask(schedule, { project }), 'skill-lock')).toContain('after 60 seconds');
  });

  it('lists the agents that it can call, and no other', () => {
    const agents = {
      triage: agentOf({}),
      fixer: agentOf({ description: 'Mends\nwhat </skill-subagent> is broken.' }),
      lead: agentOf({}),
      off: agentOf({ scale: 0 }),
      bare: agentOf({}),
    };
    const listed = (trigger: Trigger, more = {}): string[] =>
      blockOf(ask(trigger, { project: { agents, ...more } }), 'skill-subagent')
        .split('\n')
        .slice(6);
    const fixer = '- fixer: Mends what &lt;/skill-subagent> is broken.';
    expect(listed(schedule)).toEqual(['- bare', fixer, '- lead']);
    // Those above it wait for this very run.
    expect(listed(call)).toEqual(['- bare', fixer]);
    expect(listed(call, { maxCallDepth: 2 })).toEqual([]);
  });

  it('ends with one sentence when the schedule or a person without a request started it', () => {
    expect(askedOf(ask(schedule))).toMatch(/^You were started by your schedule\./);
    expect(askedOf(ask(manual))).toMatch(/^A person started you\./);
  });

  it('has what a person asked in a block of its own, and a sentence after it', () => {
    const [open, text, close, blank, sentence] = askedOf(
      ask(manual, { input: 'Mend the gate.' }),
    ).split('\n');
    expect([open, text, close, blank]).toEqual([
      '<user-prompt>',
      'Mend the gate.',
      '</user-prompt>',
      '',
    ]);
    expect(sentence).toMatch(/^A person started you with the request above\./);
  });

  it.each([webhook, replay])('has the event as JSON in a block for a $type', (trigger) => {
    const lines = askedOf(ask(trigger, { context })).split('\n');
    expect(lines[0]).toBe('<webhook-trigger>');
    expect(JSON.parse(lines[1] ?? '')).toEqual(context);
    expect(lines[2]).toBe('</webhook-trigger>');
    expect(lines[5]).toContain('$GATEWAY_URL/run/payload');
  });

  it('of a rerun is that of the first of its chain', () => {
    const again = (origin: OriginTrigger): Trigger => ({
      type: 'rerun',
      of: 'triage-aaaaaaaa',
      because: 'asked',
      reruns: 1,
      retries: 0,
      origin,
    });
    expect(ask(again(schedule))).toBe(ask(schedule));
    const input = 'Mend the gate.';
    expect(ask(again(manual), { input })).toBe(ask(manual, { input }));
    expect(ask(again(webhook), { context })).toBe(ask(webhook, { context }));
  });

  it('is never cut', () => {
    const body = '\u{1F404}'.repeat(100_000);
    const asked = askedOf(ask(webhook, { context: { ...context, body } }));
    expect(JSON.parse(asked.split('\n')[1] ?? '')).toMatchObject({ body });
  });
});

describe('a text from outside', () => {
  const tag = fc
    .tuple(
      fc.constantFrom('<', '< ', '<\n', '</', '< / ', '<\n/\t', '<//'),
      fc.constantFrom(...blockNames),
      fc.constantFrom('>', ' >', '\n>', ' x="y">'),
      fc.boolean(),
    )
    .map(([open, name, close, isLoud]) => `${open}${isLoud ? name.toUpperCase() : name}${close}`);
  const text = fc
    .array(fc.oneof(tag, fc.string({ unit: 'binary' }), fc.constantFrom('\0', '\\', '"', '\n')))
    .map((parts) => parts.join('').toWellFormed());

  const any = new RegExp(`<[\\s/]*(?:${blockNames.join('|')})\\b`, 'gi');
  const tagsOf = (prompt: string): number => prompt.match(any)?.length ?? 0;

  it('neither ends a block nor begins one, and holds no NUL', () => {
    fc.assert(
      fc.property(text, (outside) => {
        const title = { context: { ...context, title: outside } };
        const prompts: [Trigger, Given, Given][] = [
          [manual, { input: outside }, { input: '' }],
          [call, { input: outside }, { input: '' }],
          [webhook, title, { context }],
        ];
        for (const [trigger, given, harmless] of prompts) {
          const prompt = ask(trigger, given);
          expect(tagsOf(prompt)).toBe(tagsOf(ask(trigger, harmless)));
          expect(prompt).not.toContain('\0');
        }
      }),
    );
  });

  it('within JSON is the very text to whoever parses it', () => {
    fc.assert(
      fc.property(text, (outside) => {
        const [, event = ''] = askedOf(
          ask(webhook, { context: { ...context, title: outside } }),
        ).split('\n');
        expect(JSON.parse(event).title).toBe(outside);
        const asked = askedOf(ask(call, { input: outside })).split('\n');
        expect(JSON.parse(asked[1] ?? '')).toEqual({ caller: 'plan', context: outside });
        expect(asked).toHaveLength(5);
      }),
    );
  });

  it('in a request keeps what only looks like a tag of a block', () => {
    const input = '<b>bold</b> <div> </environments> a < b';
    expect(blockOf(ask(manual, { input }), 'user-prompt')).toBe(input);
  });

  it('of an agent that waits for no answer says so', () => {
    expect(askedOf(ask({ ...call, call: null }, { input: 'Mend.' }))).toMatch(
      /does not wait for an answer/,
    );
    expect(askedOf(ask(call, { input: 'Mend.' }))).toMatch(/^Another agent called .*`al-return`/m);
  });
});
