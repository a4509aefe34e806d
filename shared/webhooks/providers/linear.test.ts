import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contextOf, readAs, receivedAt, sourceOf } from '../../../test/webhooks.ts';
import { linear } from './linear.ts';

describe('an event of Linear', () => {
  it('Issue: tells number, title, people and labels, under the name that GitHub has for it', () => {
    const payload = {
      action: 'update',
      type: 'Issue',
      organizationId: 'org-1',
      url: 'https://linear.app/acme/issue/A-5',
      actor: { type: 'user', name: 'Mara', email: 'mara@acme.test' },
      data: {
        number: 5,
        title: 'The gate sticks',
        description: 'Since Monday.',
        creator: { email: 'ben@acme.test' },
        assignee: { email: 'cleo@acme.test' },
        labels: [{ id: '1', name: 'bug' }, { name: 'agent' }],
      },
    };
    expect(contextOf('linear', payload)).toEqual({
      source: 'linear',
      event: 'issues',
      action: 'update',
      repo: 'org-1',
      number: 5,
      title: 'The gate sticks',
      body: 'Since Monday.',
      url: 'https://linear.app/acme/issue/A-5',
      author: 'ben@acme.test',
      assignee: 'cleo@acme.test',
      labels: ['bug', 'agent'],
      sender: 'mara@acme.test',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
  });

  it('Comment: tells what was said, and the issue it is on', () => {
    const data = { body: 'Oil it.', issue: { number: 5, title: 'The gate sticks' } };
    expect(contextOf('linear', { type: 'Comment', action: 'create', data })).toMatchObject({
      event: 'issue_comment',
      comment: 'Oil it.',
      number: 5,
      title: 'The gate sticks',
    });
  });

  it('of another type has its name in lower case', () => {
    const data = { name: 'Fences', body: 'not a comment' };
    const context = contextOf('linear', { type: 'Project', action: 'remove', data });
    expect(context).toMatchObject({ event: 'project', title: 'Fences', sender: 'unknown' });
    expect(context).not.toHaveProperty('comment');
  });

  it.each([
    [{ data: { createdBy: { email: 'a' }, updatedBy: { email: 'b' } } }, 'a'],
    [{ data: { updatedBy: { email: 'b' } } }, 'b'],
    [{ actor: { name: 'A bot' } }, 'A bot'],
    [{ actor: { email: 'c' }, data: { createdBy: { email: 'a' } } }, 'c'],
  ])('names who did it: %j', (payload, sender) => {
    expect(contextOf('linear', payload).sender).toBe(sender);
  });

  it('has the id of its delivery, where Linear gives one', () => {
    expect(readAs('linear', {}, { headers: { 'linear-delivery': 'd' } })).toMatchObject({
      deliveryId: 'd',
    });
    expect(readAs('linear', {})).toMatchObject({ deliveryId: null });
  });
});

describe('the time in a signed body', () => {
  const secret = Buffer.from('secret');
  const isVerified = (json: string): boolean => {
    const body = Buffer.from(json);
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'linear-signature': signature };
    return linear.verify({ headers, body }, secret, sourceOf('linear'), receivedAt);
  };

  it.each([0, 60_000, -60_000])('may be %i ms from ours', (away) => {
    expect(isVerified(JSON.stringify({ webhookTimestamp: receivedAt + away }))).toBe(true);
  });

  it.each([receivedAt - 60_001, receivedAt + 60_001, 0, null, String(receivedAt)])(
    'may not be %j',
    (webhookTimestamp) => {
      expect(isVerified(JSON.stringify({ webhookTimestamp }))).toBe(false);
    },
  );

  it('may be missing, and a body that cannot be read is not held against it', () => {
    expect(isVerified('{}')).toBe(true);
    expect(isVerified('{')).toBe(true);
  });
});
