import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../test/webhooks.ts';
import { twitter } from './twitter.ts';

describe('an event of X', () => {
  it('tells the post, its place, its writer and its time', () => {
    const post = {
      id_str: '99',
      text: 'The gate is open',
      user: { id_str: '7', screen_name: 'mara' },
      timestamp_ms: '1772200800123',
    };
    const payload = { for_user_id: '5', tweet_create_events: [post, { text: 'second' }] };
    expect(contextOf('twitter', payload)).toEqual({
      source: 'twitter',
      event: 'tweet_create_events',
      action: 'create',
      repo: '5',
      title: 'The gate is open',
      body: 'The gate is open',
      url: 'https://x.com/mara/status/99',
      sender: 'mara',
      timestamp: '2026-02-27T14:00:00.123Z',
    });
  });

  it('tells what a private message says, and who sent it by name', () => {
    const message = { type: 'message_create', created_timestamp: '1772200800123' };
    const message_create = { sender_id: '7', message_data: { text: 'psst' } };
    const direct_message_events = [{ ...message, message_create }];
    const payload = {
      for_user_id: '5',
      direct_message_events,
      users: { 7: { screen_name: 'ben' } },
    };
    expect(contextOf('twitter', payload)).toMatchObject({
      event: 'direct_message_events',
      action: 'message',
      body: 'psst',
      sender: 'ben',
    });
    expect(contextOf('twitter', { direct_message_events }).sender).toBe('7');
  });

  it('has a sentence for a title where nothing was said', () => {
    const follow_events = [{ type: 'follow', source: { screen_name: 'cleo' } }];
    const context = contextOf('twitter', { for_user_id: '5', follow_events });
    expect(context).toMatchObject({ action: 'follow', title: 'follow_events by cleo' });
    expect(contextOf('twitter', { for_user_id: '5' })).toMatchObject({ event: 'unknown' });
  });
});

describe('a challenge of X', () => {
  const secret = Buffer.from('consumer secret');
  const answer = (crc_token?: string) => twitter.challenge?.({ crc_token }, secret);

  it('is answered with the signature of its token', () => {
    const signature = createHmac('sha256', secret).update('N2Yz-a_b=').digest('base64');
    expect(answer('N2Yz-a_b=')).toEqual({
      status: 200,
      body: { response_token: `sha256=${signature}` },
    });
  });

  it.each([undefined, '', '{"for_user_id":"5"}', 'payload=%7B%7D', 'a b', 'x'.repeat(501)])(
    'is not answered for %j, which could be a body to be signed',
    (token) => expect(answer(token)).toBeUndefined(),
  );
});
