import { describe, expect, it } from 'vitest';
import { answerOf } from '../deployment/answers.ts';
import type { Command } from '../deployment/kind.ts';
import { type Google, GoogleRefusal, type RefusalCode } from '../gcloud/google.ts';
import { carryOut } from './carry-out.ts';
import type { Action, Step } from './plan.ts';

const clock = { sleep: async () => undefined };

function step(title: string, commands: readonly Command[], action: Action = 'create'): Step {
  return {
    title,
    resource: { kind: 'topic', id: title },
    action,
    commands,
    why: 'For a test.',
    differences: [],
  };
}

function gcloud(...args: string[]): Command {
  return { tool: 'gcloud', args };
}

/** Google that refuses commands by their words, and remembers what it was asked. */
function google(refusals: { [command: string]: RefusalCode } = {}): Google & { told: string[] } {
  const told: string[] = [];
  const answer = async (command: string): Promise<unknown> => {
    told.push(command);
    const code = refusals[command];
    if (code) throw new GoogleRefusal(code, `${command}: ${code}`, { command });
    return { name: `name of ${command}` };
  };
  return {
    told,
    gcloud: (args) => answer(args.join(' ')),
    api: (method, url, body) => answer(`${method} ${url} ${JSON.stringify(body)}`),
  };
}

describe('carrying out a plan', () => {
  it('gives its commands in order, and tells of each step twice', async () => {
    const world = google();
    const told: string[] = [];
    const steps = [step('one', [gcloud('a'), gcloud('b')]), step('two', [gcloud('c')])];
    const { surprised } = await carryOut(
      world,
      { steps },
      {
        clock,
        onStep: ({ title }, progress) => told.push(`${title} ${progress}`),
      },
    );
    expect(world.told).toEqual(['a', 'b', 'c']);
    expect(told).toEqual(['one begun', 'one done', 'two begun', 'two done']);
    expect(surprised).toBe(false);
  });

  it('ends with the first step that is refused, and begins none after it', async () => {
    const world = google({ b: 'permission_denied' });
    const told: string[] = [];
    const steps = [
      step('one', [gcloud('a')]),
      step('two', [gcloud('b')]),
      step('three', [gcloud('c')]),
    ];
    const carrying = carryOut(
      world,
      { steps },
      {
        clock,
        onStep: ({ title }, progress, note) => told.push(`${title} ${progress} ${note ?? ''}`),
      },
    );
    await expect(carrying).rejects.toMatchObject({ code: 'permission_denied' });
    expect(world.told).toEqual(['a', 'b']);
    expect(told.at(-1)).toBe('two failed b: permission_denied');
  });

  it('does side by side what changes different things, and one after the other what changes the same', async () => {
    const world = google();
    let running = 0;
    let most = 0;
    const slow: Google = {
      ...world,
      gcloud: async (args) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        return world.gcloud(args);
      },
    };
    const inLane = (lane: string, ...titles: string[]): Step[] =>
      titles.map((title) => ({ ...step(title, [gcloud(title)]), lane }));
    await carryOut(slow, { steps: inLane('a', 'a1', 'a2') }, { clock });
    expect([most, world.told]).toEqual([1, ['a1', 'a2']]);
    const different = [...inLane('a', 'a3'), ...inLane('b', 'b1'), ...inLane('a', 'a4')];
    await carryOut(slow, { steps: [...different, step('alone', [gcloud('alone')])] }, { clock });
    expect(most).toBe(2);
    expect(world.told.slice(2).sort()).toEqual(['a3', 'a4', 'alone', 'b1']);
    expect(world.told.at(-1)).toBe('alone');
    expect(world.told.indexOf('a4')).toBeGreaterThan(world.told.indexOf('a3'));
  });

  it('begins nothing in any lane once a step was refused', async () => {
    const world = google({ a1: 'permission_denied' });
    const steps = ['a1', 'b1', 'a2', 'b2', 'b3'].map((title) => ({
      ...step(title, [gcloud(title)]),
      lane: title[0] ?? '',
    }));
    await expect(carryOut(world, { steps }, { clock })).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(world.told).not.toContain('a2');
    expect(world.told).not.toContain('b3');
  });

  it('takes what is there already for made, does the rest of its step, and says that another look is due', async () => {
    const world = google({ a: 'already_exists' });
    const told: string[] = [];
    const { surprised } = await carryOut(
      world,
      { steps: [step('one', [gcloud('a'), gcloud('b')])] },
      {
        clock,
        onStep: (_, progress) => told.push(progress),
      },
    );
    expect(world.told).toEqual(['a', 'b']);
    expect(told).toEqual(['begun', 'same']);
    expect(surprised).toBe(true);
  });

  it('takes what is gone already for removed', async () => {
    const world = google({ a: 'not_found' });
    const { surprised } = await carryOut(
      world,
      { steps: [step('one', [gcloud('a')], 'remove')] },
      { clock },
    );
    expect(surprised).toBe(false);
  });

  it('replaces what is gone already, but does not take a failed making for done', async () => {
    const commands = [gcloud('x', 'delete'), gcloud('x', 'create')];
    await carryOut(
      google({ 'x delete': 'not_found' }),
      { steps: [step('one', commands, 'replace')] },
      { clock },
    );
    const failing = google({ 'x create': 'not_found' });
    await expect(
      carryOut(failing, { steps: [step('one', commands, 'replace')] }, { clock }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not take a refused update for done', async () => {
    for (const code of ['already_exists', 'not_found'] as const) {
      const world = google({ a: code });
      const carrying = carryOut(
        world,
        { steps: [step('one', [gcloud('a')], 'update')] },
        { clock },
      );
      await expect(carrying).rejects.toMatchObject({ code });
    }
  });

  it('puts into a call what an earlier command of its step answered', async () => {
    const world = google();
    const url = 'https://x.googleapis.com/v1/y';
    const calling: Command = {
      tool: 'api',
      method: 'POST',
      url,
      body: { name: answerOf(0, 'name') },
    };
    await carryOut(world, { steps: [step('one', [gcloud('a'), calling])] }, { clock });
    expect(world.told[1]).toBe(`POST ${url} {"name":"name of a"}`);
  });

  it('stops between two commands when it is told to', async () => {
    const world = google();
    const stop = new AbortController();
    const steps = [step('one', [gcloud('a'), gcloud('b')])];
    const stopping: Google = {
      ...world,
      gcloud: async (args) => {
        stop.abort();
        return world.gcloud(args);
      },
    };
    const carrying = carryOut(stopping, { steps }, { clock, signal: stop.signal });
    await expect(carrying).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.told).toEqual(['a']);
  });

  it('tells why it waits', async () => {
    let refusals = 1;
    const world = google();
    const tired: Google = {
      ...world,
      gcloud: async (args) => {
        refusals -= 1;
        if (refusals >= 0) throw new GoogleRefusal('resource_exhausted', 'Quota', { command: 'a' });
        return world.gcloud(args);
      },
    };
    const waits: string[] = [];
    await carryOut(
      tired,
      { steps: [step('one', [gcloud('a')])] },
      {
        clock,
        onWait: ({ title }, ms, why) => waits.push(`${title} ${ms} ${why}`),
      },
    );
    expect(waits).toEqual(['one 20000 Quota']);
    expect(world.told).toEqual(['a']);
  });
});
