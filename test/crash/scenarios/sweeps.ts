import { currentPath } from '../../../shared/projects/release.ts';
import { runLabels } from '../../../shared/runs/labels.ts';
import { runSecretId } from '../../../shared/runs/names.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import { assert, expectEndings, runsOf } from './expect.ts';

/** A job and a secret that arrived after their run was cleaned up. */
export function orphans(): Scenario {
  return {
    title: 'a job and a secret whose run is over and clean',
    project: projectOf({ triage: {} }),
    prepare: async (stage) => {
      const { triage = '' } = await stage.deliver('1');
      await stage.until(triage, 'succeeded');
      const { jobs, secrets } = stage.world.ports;
      const labels = runLabels(triage, 'triage');
      await secrets.create({ id: runSecretId(triage, 2), labels });
      await jobs.start({
        id: 'late',
        startToken: 'a1',
        serviceAccount: 'drover-a-test',
        image: 'agents/test',
        env: {},
        secretEnv: {},
        secretFiles: [],
        memory: '512Mi',
        cpus: '1',
        timeoutSeconds: 60,
        labels,
      });
      await stage.leap(5 * 60_000 - (stage.world.ports.clock.now() % 60_000));
    },
    live: (stage) => stage.tick(),
    check: (stage) => expectEndings(stage, 'triage succeeded: completed'),
  };
}

/** Somebody deletes the document of a run that has a slot of its agent and of the project, and another waits for it. */
export function lostSlots(): Scenario {
  return {
    title: 'slots of a run whose document somebody deleted',
    project: { ...projectOf({ triage: { timeout: 3_600 } }), scale: 1 },
    container: () => 'runs',
    prepare: async (stage) => {
      const { triage: first = '' } = await stage.deliver('1');
      await stage.until(first, 'running');
      await stage.deliver('2');
      await stage.leap(60_000 - (stage.world.ports.clock.now() % 60_000));
      await stage.world.ports.documents.commit([{ op: 'delete', path: `runs/${first}` }]);
    },
    live: async (stage) => {
      await stage.tick();
      const [second = ''] = (await runsOf(stage)).keys();
      await stage.until(second, 'running');
      await stage.world.exit(second, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed');
      assert.deepEqual(await stage.world.slots('triage'), []);
      const project = await stage.world.ports.documents.get(currentPath);
      assert.deepEqual(project?.data.inFlight, []);
    },
  };
}

/** Cloud Tasks forgets every wake-up: the sweep sends them again, and puts off what was woken. */
export function forgotten(): Scenario {
  return {
    title: 'wake-ups that Cloud Tasks forgets, and runs that wait for a slot',
    project: projectOf({ triage: { scale: 1 } }),
    prepare: async (stage) => {
      stage.world.tasks.misbehave({ forget: 9 });
      for (const id of ['1', '2']) await stage.deliver(id);
      await stage.leap(1_000);
      stage.world.tasks.misbehave({ forget: 0 });
      await stage.leap(60_000 - (stage.world.ports.clock.now() % 60_000));
    },
    live: async (stage) => {
      await stage.tick();
      await stage.pass(1_000);
    },
    check: (stage) =>
      expectEndings(stage, 'triage succeeded: completed', 'triage succeeded: completed'),
  };
}
