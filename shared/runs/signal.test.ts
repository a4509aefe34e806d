import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { signal } from './signal.ts';

async function running() {
  const secrets: string[] = [];
  const world = await createWorld({
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
