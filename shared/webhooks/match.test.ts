import { describe, expect, it } from 'vitest';
import { explainTrigger } from './explain-trigger.ts';
import { matchAgents } from './match.ts';
import type { WebhookContext } from './provider.ts';
import { providerOf } from './providers.ts';
import type { WebhookTrigger } from './trigger.ts';

const context: WebhookContext = {
  source: 'github',
  event: 'issues',
  action: 'labeled',
  repo: 'acme/pasture',
  labels: ['agent', 'bug'],
  author: 'octavia',
  sender: 'octavia',
  timestamp: '2026-03-01T12:00:00.000Z',
};

type Filters = WebhookTrigger['filters'];

const on = (filters: Filters = {}, source = 'github'): WebhookTrigger => ({
  source,
  filters,
  if: null,
});

async function fails(filters: Filters, event: Partial<WebhookContext> = {}): Promise<string[]> {
  const rules = await explainTrigger(
    on(filters),
    providerOf('github'),
    { ...context, ...event },
    {},
  );
  return rules.filter(({ passes }) => !passes).map(({ why }) => why);
}

describe('the filters of a trigger', () => {
  it('match every event of the source when there are none', async () => {
    expect(await fails({})).toEqual([]);
  });

  it.each<[Filters, string]>([
    [{ events: ['push'] }, 'events: wanted push, found issues'],
    [{ actions: ['Labeled'] }, 'actions: wanted Labeled, found labeled'],
    [
      { repos: ['acme/barn', 'acme/field'] },
      'repos: wanted acme/barn or acme/field, found acme/pasture',
    ],
    [{ labels: ['docs'] }, 'labels: wanted docs, found agent, bug'],
    [
      { labels: ['docs', 'ui', '!wip', '!stale'] },
      'labels: wanted docs or ui but not wip or stale, found agent, bug',
    ],
    [{ assignee: ['ben'] }, 'assignee: wanted ben, found none'],
    [{ labels: ['!bug'] }, 'labels: found agent, bug, and !bug leaves it out'],
    [{ labels: [] }, 'labels: wanted nothing, found agent, bug'],
    [{ colours: ['red'] }, 'colours: not a filter of github'],
    [{ constructor: ['x'] }, 'constructor: not a filter of github'],
  ])('%j that fail say what they found', async (filters, why) => {
    expect(await fails(filters)).toEqual([why]);
  });

  it('that only leave things out say what they let pass', async () => {
    const rules = await explainTrigger(
      on({ sender: ['!*[bot]'] }),
      providerOf('github'),
      context,
      {},
    );
    expect(rules.map(({ why }) => why)).toEqual([
      `sender: wanted anything but *[bot], found ${context.sender}`,
    ]);
  });

  it('must all pass; each that fails is named', async () => {
    expect(await fails({ events: ['push'], actions: ['labeled'], repos: ['x/y'] })).toEqual([
      'events: wanted push, found issues',
      'repos: wanted x/y, found acme/pasture',
    ]);
  });

  it('are each explained, those that pass as well', async () => {
    const trigger = on({ events: ['issues'], branches: ['main'] });
    expect(await explainTrigger(trigger, providerOf('github'), context, {})).toEqual([
      {
        filter: 'events',
        wanted: ['issues'],
        found: ['issues'],
        passes: true,
        why: 'events: wanted issues, found issues',
      },
      {
        filter: 'branches',
        wanted: ['main'],
        found: [],
        passes: true,
        why: 'branches: the event has none, which passes',
      },
    ]);
  });

  it('all fail for a type that nobody knows', async () => {
    const [rule] = await explainTrigger(on({ events: ['issues'] }), undefined, context, {});
    expect(rule).toMatchObject({ passes: false });
  });
});

describe('the condition of a trigger', () => {
  const payload = { issue: { number: 7 } };
  const explain = (expression: string) =>
    explainTrigger({ ...on(), if: expression }, providerOf('github'), context, payload);

  it('sees the payload and what agents are told', async () => {
    const [rule] = await explain('payload.issue.number > 5 && event.repo == "acme/pasture"');
    expect(rule).toEqual({
      filter: 'if',
      wanted: ['payload.issue.number > 5 && event.repo == "acme/pasture"'],
      found: [],
      passes: true,
      why: 'if: is true',
    });
  });

  it('fails with the reason when it cannot be evaluated', async () => {
    const [rule] = await explain('payload.pull_request.draft');
    expect(rule).toMatchObject({ passes: false, why: 'if: No such key: pull_request' });
  });
});

describe('matching agents with an event', () => {
  const event = { context, payload: {} };
  const listener = (...webhooks: WebhookTrigger[]) => ({ scale: 1, webhooks });

  it('starts those with a trigger that passes, and says why it does not start the others', async () => {
    const agents = {
      dev: listener(on()),
      bugs: listener(on({ labels: ['bug'] })),
      both: listener(on({ labels: ['bug'], actions: ['closed'], repos: ['acme/barn'] })),
      review: listener(on({ labels: ['review'] }), on({ actions: ['closed'] })),
      deaf: listener(),
      elsewhere: listener(on({}, 'other')),
      idle: { scale: 0, webhooks: [on()] },
    };
    expect(await matchAgents(agents, ['github'], event)).toEqual({
      matched: ['dev', 'bugs'],
      unmatched: {
        both: [
          'actions: wanted closed, found labeled; repos: wanted acme/barn, found acme/pasture',
        ],
        review: [
          'labels: wanted review, found agent, bug',
          'actions: wanted closed, found labeled',
        ],
        deaf: ['source: no trigger on github'],
        elsewhere: ['source: no trigger on github'],
        idle: ['scale: the agent is disabled'],
      },
    });
  });

  it('starts an agent once that matches by two triggers, or by two sources', async () => {
    const agents = { dev: listener(on(), on(), on({}, 'second')) };
    const { matched } = await matchAgents(agents, ['github', 'second'], event);
    expect(matched).toEqual(['dev']);
  });

  it('asks the triggers of every source that the event is for', async () => {
    const agents = { dev: listener(on({}, 'second')), deaf: listener(on({}, 'third')) };
    expect(await matchAgents(agents, ['github', 'second'], event)).toEqual({
      matched: ['dev'],
      unmatched: { deaf: ['source: no trigger on github or second'] },
    });
  });

  it('explains within bounds, however many agents and triggers there are', async () => {
    const long = Array.from({ length: 50 }, () => on({ labels: Array(20).fill('x'.repeat(100)) }));
    const agents = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`agent-${index}`, listener(...long)]),
    );
    const { unmatched } = await matchAgents(agents, ['github'], event);
    expect(Object.keys(unmatched)).toHaveLength(100);
    expect(JSON.stringify(unmatched).length).toBeLessThan(20_000);
  });
});
