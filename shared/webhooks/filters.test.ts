import { describe, expect, it } from 'vitest';
import { readAs } from '../../test/webhooks.ts';
import { senderOf } from '../../test/wire/senders.ts';
import { explainTrigger } from './explain-trigger.ts';
import { filtersOf, providerOf, providers } from './providers.ts';
import type { WebhookTrigger } from './trigger.ts';

interface Event {
  headers?: { [name: string]: string };
  payload: object;
}

const repository = { id: 1, full_name: 'acme/house' };
const github = (event: string, payload: object): Event => ({
  headers: { 'x-github-event': event, 'x-github-delivery': '1' },
  payload: { repository, sender: { login: 'mara' }, ...payload },
});
const linear = (payload: object): Event => ({ payload });
const discord = (type: number, data = {}, place = {}): Event => ({
  payload: { type, data, ...place },
});
const slack = (event: object, team_id = 'T1'): Event => ({ payload: { team_id, event } });
const plain = (payload: object): Event => ({ payload });

const pull = (head: object | null, draft = false): Event =>
  github('pull_request', {
    pull_request: { draft, head: { ref: 'fix', repo: head }, base: { repo: repository } },
  });
const labeled = github('issues', {
  action: 'labeled',
  issue: {
    user: { login: 'ben' },
    assignees: [{ login: 'cleo' }, { login: 'dan' }],
    labels: [{ name: 'bug' }, { name: 'agent' }],
  },
});
const bareGithub = github('star', {});
const run = (conclusion: string | null, head = repository): Event =>
  github('workflow_run', {
    workflow_run: { head_branch: 'main', conclusion, head_repository: head },
  });
const issue = linear({
  type: 'Issue',
  action: 'create',
  organizationId: 'o1',
  actor: { email: 'mara' },
  data: {
    labels: [{ name: 'bug' }],
    assignee: { email: 'cleo@a.b' },
    creator: { email: 'ben@a.b' },
  },
});
const everything = plain({
  event: 'gate',
  action: 'opened',
  repo: 'acme/house',
  labels: ['bug'],
  assignee: 'cleo',
  author: 'ben',
  branch: 'main',
  conclusion: 'failure',
  sender: 'mara',
});

/** For each filter: an event, a list that it passes, one that it fails; or whether an event without any such thing passes. */
type Row = [filter: string, event: Event, passes: string[], fails: string[]];
type Without = [filter: string, event: Event, passes: boolean];

const fullOf = (type: string): Event => {
  const { headers = {}, payload } = senderOf(type);
  return { headers, payload };
};

const plainRows: Row[] = [
  ['events', everything, ['gate'], ['fence']],
  ['actions', everything, ['closed', 'opened'], ['Opened']],
  ['repos', everything, ['acme/*'], ['acme']],
  ['labels', everything, ['bug'], ['docs']],
  ['assignee', everything, ['cleo'], ['ben']],
  ['author', everything, ['ben'], ['cleo']],
  ['branches', everything, ['main'], ['!main']],
  ['conclusions', everything, ['failure'], ['success']],
  ['sender', everything, ['mara'], ['ben']],
];

const rows: { [type: string]: Row[] } = {
  github: [
    ['events', labeled, ['push', 'issues'], ['push']],
    ['actions', labeled, ['labeled'], ['Labeled']],
    ['repos', labeled, ['acme/house'], ['Acme/house']],
    ['repos', labeled, ['acme/*'], ['acme/*', '!*/house']],
    ['org', labeled, ['acme'], ['acm']],
    ['orgs', labeled, ['other', 'acme'], ['other']],
    [
      'org',
      github('member', { repository: null, organization: { login: 'acme' } }),
      ['acme'],
      ['x'],
    ],
    ['labels', labeled, ['agent'], ['docs']],
    ['labels', labeled, ['!docs'], ['agent', '!bug']],
    ['assignee', labeled, ['cleo'], ['dan']],
    ['author', labeled, ['ben'], ['mara']],
    ['branches', run('success'), ['main'], ['ma']],
    ['branches', github('push', { ref: 'refs/tags/v1' }), ['refs/tags/*'], ['v1']],
    ['conclusions', run('failure'), ['failure'], ['success']],
    ['drafts', pull(repository, true), ['true'], ['false']],
    ['drafts', pull(repository, false), ['false'], ['true']],
    ['drafts', github('issue_comment', { issue: { draft: true } }), ['true'], ['false']],
    ['drafts', labeled, ['false'], ['true']],
    ['forks', pull(repository), ['false'], ['true']],
    ['forks', pull({ id: 2 }), ['true'], ['false']],
    ['forks', pull(null), ['true'], ['false']],
    ['forks', run('success', { ...repository, id: 2 }), ['true'], ['false']],
    ['forks', run('success'), ['false'], ['true']],
    ['forks', labeled, ['false'], ['true']],
    ['sender', labeled, ['mara'], ['ben']],
    ['sender', github('star', { sender: { login: 'x[bot]' } }), ['x[bot]'], ['!*[bot]']],
  ],
  sentry: [
    ['resources', fullOf('sentry'), ['error', 'issue'], ['error']],
    ['sender', fullOf('sentry'), ['Sentry'], ['mara']],
  ],
  linear: [
    ['events', issue, ['issues'], ['Issue']],
    ['actions', issue, ['create'], ['update']],
    ['organizations', issue, ['o1'], ['o']],
    ['labels', issue, ['bug'], ['docs']],
    ['assignee', issue, ['cleo@a.b'], ['ben@a.b']],
    ['author', issue, ['*@a.b'], ['*@b.c']],
    ['sender', issue, ['mara'], ['ben']],
  ],
  mintlify: [
    ['events', fullOf('mintlify'), ['build'], ['deploy']],
    ['actions', fullOf('mintlify'), ['failed'], ['success']],
    ['repos', fullOf('mintlify'), ['docs'], ['doc']],
    ['projects', fullOf('mintlify'), ['docs'], ['doc']],
    ['branches', fullOf('mintlify'), ['main'], ['next']],
    ['sender', fullOf('mintlify'), ['m@acme.test'], ['x']],
  ],
  slack: [
    ['events', slack({ type: 'app_mention' }), ['app_mention'], ['message']],
    ['team_ids', slack({}), ['T1'], ['T2']],
    ['channels', slack({ channel: 'C1' }), ['C1'], ['channel:C1']],
    ['channels', slack({ type: 'reaction_added', item: { channel: 'C2' } }), ['C2'], ['C1']],
    ['sender', slack({ user: 'U1' }), ['U1'], ['U2']],
  ],
  discord: [
    ['events', discord(2), ['application_command'], ['autocomplete']],
    ['guilds', discord(2, {}, { guild_id: 'G1' }), ['G1'], ['G2']],
    ['channels', discord(2, {}, { channel_id: 'C1' }), ['C1'], ['C2']],
    ['commands', discord(2, { name: 'gate' }), ['gate'], ['fence']],
    ['commands', discord(4, { name: 'gate' }), ['gate'], ['fence']],
    ['sender', discord(2, {}, { user: { username: 'mara' } }), ['mara'], ['ben']],
  ],
  twitter: [
    ['events', fullOf('twitter'), ['tweet_create_events'], ['follow_events']],
    ['repos', fullOf('twitter'), ['2244994945'], ['22']],
    ['users', fullOf('twitter'), ['2244994945'], ['22']],
    ['sender', fullOf('twitter'), ['mara'], ['ben']],
  ],
  generic: plainRows,
  test: plainRows,
};

const without: { [type: string]: Without[] } = {
  github: [
    ['actions', bareGithub, false],
    ['labels', bareGithub, false],
    ['assignee', bareGithub, false],
    ['author', bareGithub, false],
    ['branches', bareGithub, true],
    ['conclusions', bareGithub, true],
    ['conclusions', run(null), true],
    ['repos', github('member', { repository: null }), false],
  ],
  linear: [
    ['actions', linear({}), false],
    ['labels', linear({}), false],
    ['assignee', linear({}), false],
  ],
  mintlify: [['actions', plain({}), false]],
  slack: [['channels', slack({ type: 'team_join' }), false]],
  discord: [
    ['channels', discord(2), true],
    ['commands', discord(3, { custom_id: 'fence' }), true],
    ['commands', discord(5, { custom_id: 'fence' }), true],
    ['commands', discord(2), false],
  ],
  test: [
    ['actions', plain({}), false],
    ['branches', plain({}), true],
    ['conclusions', plain({}), true],
  ],
};

async function passes(type: string, { headers = {}, payload }: Event, filters: object) {
  const reading = readAs(type, payload, { headers });
  if (reading.kind !== 'event') throw new Error(reading.kind);
  const trigger = { source: type, filters, if: null } as WebhookTrigger;
  const rules = await explainTrigger(trigger, providerOf(type), reading.context, payload);
  return rules.map((rule) => rule.passes);
}

describe.each(Object.entries(rows))('the filters of %s', (type, own) => {
  it('are each in the table below', () => {
    expect([...new Set(own.map(([filter]) => filter))].sort()).toEqual(
      Object.keys(filtersOf(type)).sort(),
    );
  });

  it.each(own)('%s of %j: %j passes, %j fails', async (filter, event, good, bad) => {
    expect(await passes(type, event, { [filter]: good })).toEqual([true]);
    expect(await passes(type, event, { [filter]: bad })).toEqual([false]);
  });
});

describe.each(Object.entries(without))('an event of %s without such a thing', (type, own) => {
  it.each(own)('%s: %j passes: %j', async (filter, event, good) => {
    expect(await passes(type, event, { [filter]: ['something'] })).toEqual([good]);
  });
});

describe('the filters', () => {
  it('are tested for every provider', () => {
    expect(Object.keys(rows)).toEqual(providers.map(({ type }) => type));
  });

  it('that are true or false are drafts and forks of GitHub', () => {
    const flags = providers.flatMap(({ type }) =>
      Object.entries(filtersOf(type)).flatMap(([name, { isFlag }]) => (isFlag ? [name] : [])),
    );
    expect(flags).toEqual(['drafts', 'forks']);
  });
});
