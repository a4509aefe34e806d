import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contextOf, readAs, sourceOf } from '../../../test/webhooks.ts';
import { slack } from './slack.ts';

describe('a Slack signature', () => {
  it('is that of the time and the body together', () => {
    const secret = Buffer.from('8f742231b10e8888abcd99yyyzzz85a5');
    const body = Buffer.from('token=xyzz0WbapA4vBCDEFadsHvUG&team_id=T1DC2JH3J');
    const time = '1531420618';
    const digest = createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex');
    const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${digest}` };
    const at = (now: number) => slack.verify({ headers, body }, secret, sourceOf('slack'), now);
    expect(at(1_531_420_618_000)).toBe(true);
    const moved = { ...headers, 'x-slack-request-timestamp': '1531420619' };
    const request = { headers: moved, body };
    expect(slack.verify(request, secret, sourceOf('slack'), 1_531_420_618_000)).toBe(false);
  });
});

describe('an event of Slack', () => {
  it('tells workspace, channel, text and who wrote it', () => {
    const payload = {
      type: 'event_callback',
      team_id: 'T1',
      event_id: 'Ev1',
      event: { type: 'app_mention', user: 'U1', text: '<@U9> open it', channel: 'C1' },
    };
    expect(contextOf('slack', payload)).toEqual({
      source: 'slack',
      event: 'app_mention',
      repo: 'T1',
      title: 'app_mention',
      body: '<@U9> open it',
      comment: 'channel:C1',
      sender: 'U1',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
    expect(readAs('slack', payload)).toMatchObject({ deliveryId: 'Ev1' });
  });

  it('that is a reaction has its name as title, and the channel of the message', () => {
    const item = { type: 'message', channel: 'C2', ts: '1' };
    const event = { type: 'reaction_added', user: 'U1', reaction: 'thumbsup', item };
    expect(contextOf('slack', { event })).toMatchObject({
      title: 'thumbsup',
      comment: 'channel:C2',
    });
  });

  it('may be by a bot, of a channel, or a click', () => {
    expect(contextOf('slack', { event: { type: 'message', bot_id: 'B1' } }).sender).toBe('B1');
    expect(contextOf('slack', { event: { channel: { id: 'C3' } } }).comment).toBe('channel:C3');
    const click = { type: 'block_actions', user: { id: 'U2' }, team: { id: 'T2' } };
    expect(contextOf('slack', click)).toMatchObject({
      event: 'block_actions',
      repo: 'T2',
      sender: 'U2',
    });
  });

  it('is no event when Slack asks whether the URL is ours: the challenge goes back', () => {
    expect(readAs('slack', { type: 'url_verification', challenge: '3eZbrw1a' })).toEqual({
      kind: 'ping',
      reply: { status: 200, body: { challenge: '3eZbrw1a' } },
    });
  });
});
