import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Lock } from '../../shared/locks/lock.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { missingPrograms } from '../agent-image/shells.ts';
import { eventually } from '../drover.ts';
import { endPrograms, startProgram, threePorts } from './program.ts';
import { exampleProject, removeDirectories, temporaryDirectory } from './projects.ts';

// Its workers wait for each other, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 90_000 });

const lacks = missingPrograms.length === 0 ? '' : `: no ${missingPrograms.join(', no ')} here`;

describe.skipIf(lacks !== '')(`the example planner${lacks}`, () => {
  let port = 0;
  let project: string;
  let backlog: string;

  beforeAll(async () => {
    project = exampleProject('planner');
    backlog = join(temporaryDirectory(), 'backlog');
    const config = join(project, 'agents/drainer/config.toml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('/tmp/drover-backlog', backlog));
    port = await threePorts();
    const state = join(temporaryDirectory(), 'state');
    const options = ['--no-demo', '--tick-seconds', '1', '--port', String(port)];
    const program = startProgram(['--project', project, '--state', state, ...options]);
    await program.said(/^Drover is up/m);
  });
  afterAll(async () => {
    await endPrograms();
    removeDirectories();
  });

  async function shown<T>(path: string): Promise<T> {
    return (await (await fetch(`http://127.0.0.1:${port + 1}/${path}`)).json()) as T;
  }

  /** A person starts an agent; answers with the id of its run. */
  async function trigger(agent: string): Promise<string> {
    const path = join(project, '.drover/credentials/gateway_api_key/default/key');
    const answer = await fetch(`http://127.0.0.1:${port}/control/control/trigger/${agent}`, {
      method: 'POST',
      body: '{}',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${readFileSync(path, 'utf8').trim()}`,
      },
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { instanceId: string }).instanceId;
  }

  /** A run once it is over and cleaned up. */
  async function ended(id: string): Promise<Run> {
    return eventually(async () => {
      const run = await shown<Run>(`runs/${id}`);
      return isOver(run.state) && run.cleanedAt !== null && run;
    }, 90_000);
  }

  /** A run and those that follow it, all over. */
  async function chain(id: string): Promise<Run[]> {
    const run = await ended(id);
    return run.next === null ? [run] : [run, ...(await chain(run.next))];
  }

  it('hands up what both workers made, who had the floor one after the other', async () => {
    const id = await trigger('planner');
    const plan = await ended(id);
    expect(plan).toMatchObject({ state: 'succeeded', status: 'waiting for the workers' });
    const { wool } = JSON.parse(plan.returnValue ?? '') as {
      wool: { did: string; began: number; ended: number; fence: number }[];
    };
    expect(wool.map(({ did }) => did)).toEqual([
      'shear the "black" sheep',
      "spin yesterday's wool",
    ]);
    const [first, second] = [...wool].sort((one, other) => one.fence - other.fence);
    expect(wool.map(({ fence }) => fence).sort()).toEqual([1, 2]);
    expect(second?.began).toBeGreaterThanOrEqual(first?.ended ?? Number.NaN);

    expect(plan.calls).toHaveLength(2);
    for (const worker of plan.calls) {
      const run = await ended(worker);
      expect(run).toMatchObject({ state: 'succeeded', trigger: { caller: id, depth: 1 } });
    }
    const locks = Object.values(await shown<{ [id: string]: Lock }>('locks'));
    expect(locks).toMatchObject([{ key: 'barn://meadow/floor', fence: 2, holder: null }]);
  });

  it('works off a backlog, one thing a run, until nothing is left', async () => {
    writeFileSync(backlog, 'the gate\nthe "old" fence\nthe trough\n');
    const runs = await chain(await trigger('drainer'));
    expect(runs.map(({ state, reason, status }) => [state, reason, status])).toEqual([
      ['succeeded', 'rerun_requested', 'doing the gate'],
      ['succeeded', 'rerun_requested', 'doing the "old" fence'],
      ['succeeded', 'completed', 'doing the trough'],
    ]);
    expect(existsSync(backlog) && readFileSync(backlog, 'utf8')).toBe('');
  });

  it('does nothing where the backlog is empty', async () => {
    writeFileSync(backlog, '');
    const runs = await chain(await trigger('drainer'));
    expect(runs).toMatchObject([{ state: 'succeeded', reason: 'completed', status: null }]);
  });
});
