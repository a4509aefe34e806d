import { CloudError } from '../../../shared/ports/index.ts';
import { killAgent, killRun } from '../../../shared/runs/kill.ts';
import { retryRun } from '../../../shared/runs/retry-run.ts';
import { shutDown } from '../../../shared/runs/shut-down.ts';
import { isOver } from '../../../shared/runs/states.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import { settings } from '../../sim/place.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, expectAudit, expectEndings, runsOf } from './expect.ts';
import { killBeside } from './kill-beside.ts';

const quiet = { webhooks: [] };
const kill = (stage: Stage, run: string): Promise<unknown> =>
  stage.ask('control', (ports, releases) => killRun(ports, releases, run, octavia));

/** Each run that follows another is there once, and the one before names it. */
async function expectFollowed(stage: Stage): Promise<void> {
  const runs = await runsOf(stage);
  for (const [id, { next }] of runs) {
    const following = [...runs].filter(
      ([, { trigger }]) => trigger.type === 'rerun' && trigger.of === id,
    );
    assert.deepEqual(
      following.map(([after]) => after),
      next === null ? [] : [next],
    );
  }
}

/** What a person asks for runs again because it wants to, and because it failed. */
export function reruns(): Scenario {
  const retry = { attempts: 1, exitCodes: null, backoff: 10, maxBackoff: 10 };
  return {
    title: 'runs that people ask for: rerun, and retried after a while',
    project: projectOf({ again: { ...quiet, maxReruns: 1 }, flaky: { ...quiet, retry } }),
    container: ({ env }) => {
      const { name } = JSON.parse(env.AGENT_CONFIG ?? '{}') as { name: string };
      return { exitCode: name === 'again' ? 42 : 1 };
    },
    live: async (stage) => {
      await stage.run('again', 'Mend the fence. '.repeat(600));
      await stage.run('flaky');
      await stage.pass(30_000);
    },
    check: async (stage) => {
      await expectEndings(
        stage,
        'again succeeded: rerun_requested',
        'again succeeded: rerun_requested',
        'flaky failed: exit_code',
        'flaky failed: exit_code',
      );
      await expectFollowed(stage);
    },
  };
}

/** A person asks for the same twice, and has what is over run again. */
export function repeats(): Scenario {
  let id = '';
  return {
    title: 'a run that is over and that a person has run again, twice under one key',
    project: projectOf({ triage: quiet }),
    live: async (stage) => {
      id = await stage.run('triage', 'Mend.');
      await stage.until(id, 'succeeded');
      for (const key of ['k', 'k']) {
        const asked = await stage.ask('control', (ports, releases) =>
          retryRun(ports, settings, releases, id, octavia, key),
        );
        assert(asked.ok);
        await stage.pass(1_000);
      }
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed', 'triage succeeded: completed');
      const [again] = [...(await runsOf(stage)).keys()].filter((one) => one !== id);
      await expectAudit(stage, `run.trigger runs/${id}`, `run.retry runs/${again}`);
    },
  };
}

/** Runs are killed while they wait and while they run, one by one and all at once. */
export function kills(): Scenario {
  let [first, second]: string[] = [];
  return {
    title: 'kills of what runs and of what waits',
    project: projectOf({ long: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      first = await stage.run('long');
      await stage.until(first, 'running');
      second = await stage.run('long');
      await kill(stage, second);
      await kill(stage, first);
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'long cancelled: killed', 'long killed: killed');
      const runs = [first, second].map((run) => `runs/${run}`);
      await expectAudit(stage, ...runs.flatMap((run) => [`run.trigger ${run}`, `run.kill ${run}`]));
    },
  };
}

/** Everything of an agent is killed, those that wait first. */
export function killsOfAgent(): Scenario {
  return {
    title: 'a kill of everything that an agent has',
    project: projectOf({ long: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    prepare: async (stage) => {
      const first = await stage.run('long');
      await stage.until(first, 'running');
      await stage.run('long');
    },
    live: async (stage) => {
      await stage.ask('control', (ports, releases) =>
        killAgent(ports, releases, 'long', octavia, { queued: true }),
      );
      await stage.pass(1_000);
    },
    check: (stage) => expectEndings(stage, 'long cancelled: killed', 'long killed: killed'),
  };
}

/** Cloud Run refuses once to stop what a person kills, and the agent has itself shut down meanwhile. */
export function shutDowns(): Scenario {
  return {
    title: 'a kill that Cloud Run refuses at first, of a run that then shuts itself down',
    project: projectOf({ long: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('long');
      await stage.until(run, 'running');
      stage.instances.beside('before', 'jobs.cancel', async () => {
        throw new CloudError('unavailable', 'not now');
      });
      await kill(stage, run);
      await stage.ask('gateway', async (ports, releases) => {
        const state = (await stage.world.run(run)).state;
        if (!isOver(state)) await shutDown(ports, releases, stage.secretOf(run), 'done');
      });
      await stage.pass(1_000);
    },
    check: (stage) => expectEndings(stage, 'long killed: killed'),
  };
}

/** A run comes to its own end in the very moment in which somebody kills it. */
export function killedAtItsEnd(): Scenario {
  return {
    title: 'a run that is killed in the moment in which its end is found',
    project: projectOf({ long: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('long');
      await stage.until(run, 'running');
      stage.instances.beside('after', 'jobs.execution', () => killBeside(stage, run));
      await stage.world.exit(run, { exitCode: 1 });
      await stage.pass(1_000);
    },
    check: async (stage) => {
      const [run] = (await runsOf(stage)).values();
      assert(run && isOver(run.state));
    },
  };
}

/** A run outlives its time. */
export function timeouts(): Scenario {
  return {
    title: 'a run that is over time',
    project: projectOf({ long: { ...quiet, timeout: 20 } }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('long');
      await stage.until(run, 'timed_out');
    },
    check: (stage) => expectEndings(stage, 'long timed_out: timeout'),
  };
}
