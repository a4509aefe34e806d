import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type WorldOptions } from '../../test/world.ts';
import type { RunJournalEntry } from './run.ts';
import { createHearing, signal } from './signal.ts';

async function running(options: Partial<WorldOptions> = {}) {
  const secrets: string[] = [];
  const world = await createWorld({
    ...options,
    project: projectOf({ triage: { scale: 2 } }),
    container: ({ env }) => {
      secrets.push(env.SHUTDOWN_SECRET ?? '');
      return 'runs';
    },
  });
  const first = (await world.deliver('1')).triage ?? '';
  const second = (await world.deliver('2')).triage ?? '';
  await world.settle();
  const secretOf = (run: string): string =>
    secrets.find((secret) => secret.startsWith(`${run}.`)) ?? '';
  return { world, first, second, secretOf };
}

describe('a signal', () => {
  it('is recorded on the run whose secret it carries, and on no other', async () => {
    const { world, first, second, secretOf } = await running();
    expect(await signal(world.ports, secretOf(first), { kind: 'status', text: 'reading' })).toBe(
      true,
    );
    expect((await world.run(first)).status).toBe('reading');
    expect((await world.run(second)).status).toBeNull();
  });

  it('keeps the last return value and the wish to run again', async () => {
    const { world, first, secretOf } = await running();
    await signal(world.ports, secretOf(first), { kind: 'return', value: 'one' });
    await signal(world.ports, secretOf(first), { kind: 'return', value: 'two' });
    await signal(world.ports, secretOf(first), { kind: 'rerun' });
    expect(await world.run(first)).toMatchObject({ returnValue: 'two', rerunRequested: true });
  });

  it('changes nothing once its run is over', async () => {
    const { world, first, secretOf } = await running();
    await world.exit(first, { exitCode: 0 });
    const before = await world.run(first);
    expect(await signal(world.ports, secretOf(first), { kind: 'status', text: 'still here' })).toBe(
      false,
    );
    expect(await world.run(first)).toEqual(before);
  });

  it('changes nothing with a secret that nobody was given', async () => {
    const { world, first, secretOf } = await running();
    const forged = `${first}.${'0'.repeat(64)}`;
    const unknown = secretOf(first).replace(first, 'triage-aaaaaaaa');
    for (const secret of ['', 'x', forged, unknown]) {
      expect(await signal(world.ports, secret, { kind: 'status', text: 'hello' })).toBe(false);
    }
    expect((await world.run(first)).status).toBeNull();
  });

  it('is not lost among many at once', async () => {
    const { world, first, secretOf } = await running();
    const texts = Array.from({ length: 10 }, (_, n) => `step ${n}`);
    await Promise.all(
      texts.map((text) => signal(world.ports, secretOf(first), { kind: 'status', text })),
    );
    expect((await world.run(first)).events).toBe(2 + texts.length);
  });
});

/** A run in a world whose clock goes on while somebody sleeps. */
async function flooded() {
  let slept = 0;
  const { world, first, second, secretOf } = await running({
    wrap: (ports) => ({
      ...ports,
      clock: {
        now: () => ports.clock.now() + slept,
        sleep: async (ms) => {
          slept += ms;
        },
      },
    }),
  });
  const journal = () =>
    world.ports.documents.query<RunJournalEntry>({
      collection: `runs/${first}/events`,
      limit: 20_000,
    });
  const hear = createHearing(world.ports);
  const say = (text: string, secret = secretOf(first)) => hear(secret, { kind: 'status', text });
  return { world, first, second, secretOf, hear, say, journal, slept: () => slept };
}

describe('a flood of signals', () => {
  it('at once is answered, the last of it counts, and few of it are written', async () => {
    const { world, first, say, journal } = await flooded();
    const texts = Array.from({ length: 10_000 }, (_, n) => `step ${n}`);
    const answers = await Promise.all(texts.map((text) => say(text)));
    expect(new Set(answers)).toEqual(new Set([true]));
    expect((await world.run(first)).status).toBe('step 9999');
    expect((await journal()).length).toBeLessThan(10);
  });

  it('one after the other is written as the run grows older, and the last of it counts', async () => {
    const { world, first, say, journal, slept } = await flooded();
    for (let n = 0; n < 1_000; n += 1) expect(await say(`step ${n}`)).toBe(true);
    expect((await world.run(first)).status).toBe('step 999');
    const { length } = await journal();
    expect(length).toBeLessThanOrEqual(60 + slept() / 5_000 + 2);
    expect(slept()).toBeGreaterThan(900 * 5_000);
  });

  it('does not make anybody wait who says little', async () => {
    const { say, slept } = await flooded();
    const before = slept();
    for (let n = 0; n < 50; n += 1) await say(`step ${n}`);
    expect(slept() - before).toBeLessThan(1_000);
  });

  it('of values is written as seldom, and of another kind has its own turn', async () => {
    const { world, first, hear, say, secretOf, journal } = await flooded();
    const values = Array.from({ length: 2_000 }, (_, n) =>
      hear(secretOf(first), { kind: 'return', value: `value ${n}` }),
    );
    const reruns = Array.from({ length: 2_000 }, () => hear(secretOf(first), { kind: 'rerun' }));
    const statuses = Array.from({ length: 2_000 }, (_, n) => say(`step ${n}`));
    await Promise.all([...values, ...reruns, ...statuses]);
    expect(await world.run(first)).toMatchObject({
      returnValue: 'value 1999',
      rerunRequested: true,
      status: 'step 1999',
    });
    expect((await journal()).length).toBeLessThan(15);
  });

  it('with another secret answers for itself, and holds nobody up', async () => {
    const { world, first, second, say, secretOf } = await flooded();
    const forged = `${first}.${'0'.repeat(64)}`;
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => [
        say(`mine ${n}`),
        say(`forged ${n}`, forged),
        say(`its own ${n}`, secretOf(second)),
      ]).flat(),
    );
    expect(answers.filter((answer) => !answer)).toHaveLength(300);
    expect((await world.run(first)).status).toBe('mine 299');
    expect((await world.run(second)).status).toBe('its own 299');
  });
});
