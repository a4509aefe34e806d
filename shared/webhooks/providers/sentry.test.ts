import { describe, expect, it } from 'vitest';
import { contextOf, readAs } from '../../../test/webhooks.ts';

const actor = { type: 'user', id: 1, name: 'mara' };
const read = (resource: string, payload: object) =>
  contextOf('sentry', { actor, ...payload }, { headers: { 'sentry-hook-resource': resource } });

describe('a resource of Sentry', () => {
  it('issue: tells title, place and assignee, and the project it is in', () => {
    const issue = {
      title: 'TypeError: x is undefined',
      web_url: 'https://acme.sentry.io/issues/1/',
      project: { id: '1', slug: 'web' },
      assignedTo: { type: 'user', name: 'ben' },
    };
    expect(read('issue', { action: 'assigned', data: { issue } })).toEqual({
      source: 'sentry',
      event: 'issue',
      action: 'assigned',
      repo: 'web',
      title: 'TypeError: x is undefined',
      url: 'https://acme.sentry.io/issues/1/',
      assignee: 'ben',
      sender: 'mara',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
  });

  it('event_alert: tells what happened, and the rule it triggered', () => {
    const event = { title: 'Boom', message: 'It went boom', web_url: 'https://s.io/e', project: 1 };
    const data = { event, triggered_rule: 'Page us' };
    expect(read('event_alert', { action: 'triggered', data })).toMatchObject({
      repo: 'Page us',
      title: 'Boom',
      body: 'It went boom',
      url: 'https://s.io/e',
    });
  });

  it('metric_alert: tells its description, and the organisation', () => {
    const data = {
      description_title: 'Critical: too many errors',
      description_text: '1000 events in 10 minutes',
      web_url: 'https://s.io/m',
      metric_alert: { organization_id: '7', projects: ['web'] },
    };
    expect(read('metric_alert', { action: 'critical', data })).toMatchObject({
      action: 'critical',
      repo: '7',
      title: 'Critical: too many errors',
      body: '1000 events in 10 minutes',
      url: 'https://s.io/m',
    });
  });

  it('error: tells what happened, and the project', () => {
    const error = { title: 'Boom', message: 'went', web_url: 'https://s.io/x', project: 42 };
    expect(read('error', { action: 'created', data: { error } })).toMatchObject({
      repo: '42',
      title: 'Boom',
      body: 'went',
    });
  });

  it('comment: tells what was said, and the project', () => {
    const data = { comment: 'On it', project_slug: 'web', issue_id: 1 };
    expect(read('comment', { action: 'created', data })).toMatchObject({
      repo: 'web',
      comment: 'On it',
      title: 'created',
    });
  });

  it('of another kind is an event all the same', () => {
    const context = contextOf('sentry', {}, { headers: { 'sentry-hook-resource': 'seer' } });
    expect(context).toMatchObject({
      event: 'seer',
      title: 'seer',
      repo: 'unknown',
      sender: 'unknown',
    });
  });

  it.each([undefined, '', 'Issue', 'a b'])('is invalid with the name %j', (resource) => {
    const headers = resource === undefined ? {} : { 'sentry-hook-resource': resource };
    expect(readAs('sentry', {}, { headers }).kind).toBe('invalid');
  });
});
