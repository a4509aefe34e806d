import {
  pauseAgent,
  pauseProject,
  resumeAgent,
  resumeProject,
} from '../../../shared/agents/pause.ts';
import { publish, publishOver } from '../../../shared/projects/publish.ts';
import { currentPath, pointerMs } from '../../../shared/projects/release.ts';
import { releaseId } from '../../../shared/projects/release-format.ts';
import { rescale } from '../../../shared/projects/rescale.ts';
import { findWayBack, rollBack } from '../../../shared/projects/roll-back.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, expectAudit, expectEndings, runsOf } from './expect.ts';

const exitAll = async (stage: Stage): Promise<void> => {
  for (const id of (await runsOf(stage)).keys()) await stage.world.exit(id, { exitCode: 0 });
};

/** An agent is paused while one of its runs waits, in a project that limits its slots. */
export function pausedAgent(): Scenario {
  return {
    title: 'a pause of an agent and its end, in a project that limits its slots',
    project: { ...projectOf({ triage: {}, other: {} }), scale: 1 },
    live: async (stage) => {
      await stage.ask('control', (ports) => pauseAgent(ports, 'triage', octavia));
      await stage.deliver('1');
      await stage.pass(1_000);
      await stage.ask('control', (ports) => resumeAgent(ports, 'triage', octavia));
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'other succeeded: completed', 'triage succeeded: completed');
      await expectAudit(stage, 'agent.pause agents/triage', 'agent.resume agents/triage');
    },
  };
}

/** The whole project is paused over a tick, which puts off what waits. */
export function pausedProject(): Scenario {
  return {
    title: 'a pause of the project and its end',
    project: projectOf({ triage: {} }),
    live: async (stage) => {
      await stage.ask('control', (ports) => pauseProject(ports, octavia));
      await stage.deliver('1');
      await stage.pass(1_000);
      await stage.ask('control', (ports) => resumeProject(ports, octavia));
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed');
      await expectAudit(stage, `project.pause ${currentPath}`, `project.resume ${currentPath}`);
    },
  };
}

/** The newest of a key takes the place of what runs and of what waits; of another agent's key, a second one is dropped. */
export function keys(): Scenario {
  const key = '{repo}';
  return {
    title: 'runs of one key: the newest takes the place of the others, or is dropped',
    project: projectOf({
      newest: { scale: 2, timeout: 3_600, concurrency: { key, busy: 'cancel' } },
      first: { scale: 2, timeout: 3_600, concurrency: { key, busy: 'skip' } },
    }),
    container: () => 'runs',
    live: async (stage) => {
      const { newest = '' } = await stage.deliver('1');
      await stage.until(newest, 'running');
      const { newest: later = '' } = await stage.deliver('2');
      await stage.until(later, 'running');
      await exitAll(stage);
    },
    check: (stage) =>
      expectEndings(
        stage,
        'first dropped: key_busy',
        'first succeeded: completed',
        'newest killed: superseded',
        'newest succeeded: completed',
      ),
  };
}

/** An agent that fails too often pauses itself, and one that has spent its day waits for the next. */
export function budgets(): Scenario {
  const none = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };
  return {
    title: 'agents that have used up what they may: failures in a row, and runs of a day',
    project: projectOf({
      failing: { budget: { ...none, failuresInARow: 1 } },
      spent: { budget: { ...none, runsPerDay: 1 } },
    }),
    container: () => ({ exitCode: 1 }),
    live: async (stage) => {
      await stage.deliver('1');
      await stage.pass(1_000);
      for (const id of Object.values(await stage.deliver('2'))) stage.open.add(id);
      await stage.pass(1_000);
    },
    check: (stage) =>
      expectEndings(
        stage,
        'failing failed: exit_code',
        'failing queued: null',
        'spent failed: exit_code',
        'spent queued: null',
      ),
  };
}

/** The project gets a limit, an agent gets more slots, and what waits starts. */
export function rescaled(): Scenario {
  return {
    title: 'a limit for the project, and more slots for an agent',
    project: projectOf({ triage: { timeout: 3_600 } }),
    container: () => 'runs',
    prepare: async (stage) => {
      for (const id of ['1', '2']) await stage.deliver(id);
      await stage.pass(1_000);
    },
    live: async (stage) => {
      await stage.ask('control', (ports) => rescale(ports, { scale: 5 }, octavia));
      await stage.ask('control', (ports) => rescale(ports, { agent: 'triage', scale: 2 }, octavia));
      await stage.pass(10_000);
      const runs = await runsOf(stage);
      for (const [id] of runs) await stage.until(id, 'running');
      await exitAll(stage);
    },
    check: async (stage) => {
      const done = 'triage succeeded: completed';
      await expectEndings(stage, done, done);
      await expectAudit(stage, `project.scale ${currentPath}`, 'agent.scale agents/triage');
    },
  };
}

/** Of two publications, the second is taken back. */
export function rolledBack(): Scenario {
  const [first, second] = [projectOf({ triage: {} }), projectOf({ triage: {}, other: {} })];
  return {
    title: 'a publication, and a way back from it',
    project: first,
    live: async (stage) => {
      stage.world.provision(second);
      const by = octavia;
      await stage.ask('publish', (ports) => publishOver(ports, second, { by }));
      await stage.pass(1_000);
      await stage.ask('publish', async (ports) => {
        const way = await findWayBack(ports, releaseId(first));
        if (way.ok) await rollBack(ports, way.target, { by, base: way.current.release });
      });
      await stage.pass(pointerMs);
      await stage.deliver('1');
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed');
      await expectAudit(
        stage,
        `project.publish releases/${releaseId(second)}`,
        `project.rollback releases/${releaseId(first)}`,
      );
    },
  };
}

/** A project is published for the first time, and once more with another agent. */
export function published(): Scenario {
  const first = projectOf({ triage: {} });
  const second = projectOf({ triage: {}, other: {} });
  return {
    title: 'a first publication, a second one, and a delivery',
    project: projectOf({ before: {} }),
    prepare: async ({ world }) => {
      await world.ports.documents.commit([{ op: 'delete', path: currentPath }]);
    },
    live: async (stage) => {
      for (const project of [first, second, second]) {
        stage.world.provision(project);
        await stage.ask('publish', (ports) => publish(ports, project));
      }
      await stage.deliver('1');
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'other succeeded: completed', 'triage succeeded: completed');
      const releases = await stage.world.ports.documents.query({
        collection: 'releases',
        limit: 9,
      });
      assert.equal(releases.length, 3);
    },
  };
}
