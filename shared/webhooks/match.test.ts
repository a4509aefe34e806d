import { describe, expect, it } from 'vitest';
import { failedFilters } from './match.ts';
import type { WebhookContext } from './provider.ts';
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

function fails(trigger: Partial<WebhookTrigger>, event: Partial<WebhookContext> = {}): string[] {
  return failedFilters({ source: 'github', ...trigger }, { ...context, ...event });
}

describe('the filters of a trigger', () => {
  it('match every event of the source when there are none', () => {
    expect(fails({})).toEqual([]);
  });

  it.each<[string, Partial<WebhookTrigger>]>([
    ['events', { events: ['push', 'issues'] }],
    ['actions', { actions: ['labeled'] }],
    ['repos', { repos: ['acme/pasture'] }],
    ['org', { org: 'acme' }],
    ['orgs', { orgs: ['other', 'acme'] }],
    ['labels', { labels: ['bug', 'nothing'] }],
    ['author', { author: 'octavia' }],
  ])('%s passes with the value', (_, trigger) => expect(fails(trigger)).toEqual([]));

  it.each<[string, Partial<WebhookTrigger>, string]>([
    ['events', { events: ['push'] }, 'events: wanted push, found issues'],
    ['actions', { actions: ['Labeled'] }, 'actions: wanted Labeled, found labeled'],
    [
      'repos',
      { repos: ['acme/barn', 'acme/field'] },
      'repos: wanted acme/barn or acme/field, found acme/pasture',
    ],
    ['org', { org: 'acm' }, 'org: wanted acm, found acme'],
    ['labels', { labels: ['docs'] }, 'labels: wanted docs, found agent, bug'],
    ['assignee', { assignee: 'ben' }, 'assignee: wanted ben, found none'],
    ['author', { author: 'ben' }, 'author: wanted ben, found octavia'],
  ])('%s fails without it, and says what it found', (_, trigger, why) => {
    expect(fails(trigger)).toEqual([why]);
  });

  it('must all pass; each that fails is named', () => {
    expect(fails({ events: ['push'], actions: ['labeled'], repos: ['x/y'] })).toEqual([
      'events: wanted push, found issues',
      'repos: wanted x/y, found acme/pasture',
    ]);
  });

  it('on actions and labels fail for an event that has none', () => {
    const { action: _, labels: __, ...bare } = context;
    const trigger = { source: 'github', actions: ['labeled'], labels: ['agent'] };
    expect(failedFilters(trigger, bare)).toHaveLength(2);
  });

  it('on branches and conclusions pass for an event that has none, and only then', () => {
    const trigger = { branches: ['main'], conclusions: ['failure'] };
    expect(fails(trigger)).toEqual([]);
    expect(fails(trigger, { branch: 'main', conclusion: 'failure' })).toEqual([]);
    expect(fails(trigger, { branch: 'dev', conclusion: 'success' })).toHaveLength(2);
  });

  it('with an empty list match nothing', () => {
    expect(fails({ labels: [] })).toHaveLength(1);
  });
});
