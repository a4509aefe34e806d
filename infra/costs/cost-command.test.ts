import { describe, expect, it } from 'vitest';
import { controlOf, keys } from '../../test/control.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { commands } from '../cli/commands/index.ts';
import { runCli } from '../cli/run-cli.ts';
import { type TestWorld, testShell } from '../cli/test-shell.ts';

const url = 'http://127.0.0.1:8080/control';

/** `drover cost` against the control API of a world. */
async function cost(world: World, args: readonly string[] = [], more: TestWorld = {}) {
  const api = await controlOf(world);
  const shell = testShell({
    environment: { DROVER_CONTROL_URL: url, DROVER_CONTROL_KEY: keys.viewer },
    fetch: async (input, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers));
      const path = String(input).slice(url.length);
      return api.fetch(init?.method ?? 'GET', path, { key: null, headers });
    },
    ...more,
  });
  const { exitCode } = await runCli(['cost', ...args], shell, commands, '1.2.3');
  return { exitCode, out: shell.shown('out'), err: shell.shown('err') };
}

async function worldWithARun(): Promise<World> {
  const budget = { runsPerDay: null, minutesPerDay: null, dollarsPerDay: 5, failuresInARow: null };
  const world = await createWorld({ project: projectOf({ triage: { budget } }) });
  const { triage = '' } = await world.deliver('1');
  await world.advance(30_000);
  await world.exit(triage, { exitCode: 0 });
  return world;
}

describe('drover cost', () => {
  it('shows what runs have cost to whoever may look, by agent and by day', async () => {
    const { exitCode, out } = await cost(await worldWithARun());
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^\$0\.00\d+ for 1 run that ended in 2026-01-31 to 2026-03-01 \(UTC\)$/m);
    expect(out).toMatch(
      /^triage +\$0\.00\d+ +1 +30 s +\$0\.00114 +\$0 +\$0\.000\d+ +\$0\.00\d+ of \$5\.00$/m,
    );
    expect(out).toMatch(/^2026-03-01 +\$0\.00\d+ +1 /m);
    expect(out).toContain('drover runs ls --agent triage');
  });

  it('shows one agent, and as many days as are asked for', async () => {
    const { exitCode, out } = await cost(await worldWithARun(), [
      '--agent',
      'triage',
      '--days',
      '1',
    ]);
    expect(exitCode).toBe(0);
    expect(out).toContain('1 run that ended in 2026-03-01 (UTC)');
    expect(out).not.toContain('AGENT');
  });

  it('answers programs with everything', async () => {
    const { out } = await cost(await worldWithARun(), ['--json']);
    const last = JSON.parse(out.trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ event: 'result', ok: true, timezone: 'UTC', total: { runs: 1 } });
    expect(last.agents).toHaveLength(1);
  });

  it.each([
    ['--days', '0'],
    ['--days', '63'],
    ['--days', 'many'],
  ])('refuses %s %s before it asks', async (...args) => {
    const { exitCode, err } = await cost(await worldWithARun(), args, {
      fetch: () => Promise.reject(new Error('nobody is asked')),
    });
    expect(exitCode).toBe(2);
    expect(err).toContain('whole number from 1 to 62');
  });

  it('says that there is no such agent', async () => {
    const { exitCode, err } = await cost(await worldWithARun(), ['--agent', 'nobody']);
    expect(exitCode).not.toBe(0);
    expect(err).toContain('here is no agent nobody');
  });

  it('says that a control API which answers otherwise is of another version', async () => {
    const { exitCode, err } = await cost(await worldWithARun(), [], {
      fetch: async () => Response.json({ agents: [] }),
    });
    expect(exitCode).not.toBe(0);
    expect(err).toContain('CONTROL_OTHER_VERSION');
  });

  it.each([80, 40])('fits a terminal of %d columns', async (columns) => {
    const { out } = await cost(await worldWithARun(), [], { columns, isTerminal: false });
    const lines = out.split('\n').slice(0, -3);
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });
});
