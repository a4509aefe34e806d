import { describe, expect, it } from 'vitest';
import { contextOf, readAs } from '../../../test/webhooks.ts';

const member = { user: { id: '1', username: 'mara' } };
const command = {
  id: 'i1',
  type: 2,
  guild_id: 'G1',
  channel_id: 'C1',
  member,
  data: {
    name: 'gate',
    options: [
      { name: 'state', type: 3, value: 'open' },
      { name: 'hard', type: 5, value: true },
      { name: 'more', type: 1, options: [] },
    ],
  },
};

describe('an interaction of Discord', () => {
  it('by a command tells its name and options, where it was and who gave it', () => {
    expect(contextOf('discord', command)).toEqual({
      source: 'discord',
      event: 'application_command',
      action: 'gate',
      repo: 'G1',
      title: 'gate',
      body: 'state: open, hard: true, more',
      branch: 'C1',
      sender: 'mara',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
    expect(readAs('discord', command)).toMatchObject({ deliveryId: 'i1' });
  });

  it('with a component tells its kind and id', () => {
    const data = { custom_id: 'approve', component_type: 2 };
    expect(contextOf('discord', { type: 3, user: { username: 'ben' }, data })).toMatchObject({
      event: 'message_component',
      action: '2',
      title: 'approve',
      repo: 'unknown',
      sender: 'ben',
    });
  });

  it('with a form tells its id and what was filled in', () => {
    const components = [
      { type: 1, components: [{ type: 4, custom_id: 'why', value: 'It sticks' }] },
    ];
    const data = { custom_id: 'report', components };
    expect(contextOf('discord', { type: 5, data })).toMatchObject({
      event: 'modal_submit',
      action: 'report',
      body: 'why: It sticks',
    });
  });

  it('while a command is typed is another event', () => {
    expect(contextOf('discord', { ...command, type: 4 })).toMatchObject({
      event: 'autocomplete',
      action: 'gate',
    });
  });

  it('is a ping, which wants to hear so', () => {
    expect(readAs('discord', { type: 1 })).toEqual({
      kind: 'ping',
      reply: { status: 200, body: { type: 1 } },
    });
  });

  it.each([0, 6, '2', null, undefined])('is invalid with the type %j', (type) => {
    expect(readAs('discord', { type }).kind).toBe('invalid');
  });
});

describe('the answer to an interaction', () => {
  const answer = (type: number, agents: number) => {
    const reading = readAs('discord', { ...command, type });
    return reading.kind === 'event' ? reading.reply?.(agents).body : undefined;
  };

  it.each([2, 5])('of type %i is a message that only who asked sees', (type) => {
    const content = 'Accepted: an agent starts on it.';
    expect(answer(type, 1)).toEqual({ type: 4, data: { content, flags: 64 } });
    const several = 'Accepted: 3 agents start on it.';
    expect(answer(type, 3)).toEqual({ type: 4, data: { content: several, flags: 64 } });
  });

  it('says so when no agent matched', () => {
    const content = 'Received, but no agent is set up for this.';
    expect(answer(2, 0)).toEqual({ type: 4, data: { content, flags: 64 } });
  });

  it('to a component is an acknowledgement, to typing no choices', () => {
    expect(answer(3, 0)).toEqual({ type: 6 });
    expect(answer(4, 1)).toEqual({ type: 8, data: { choices: [] } });
  });
});
