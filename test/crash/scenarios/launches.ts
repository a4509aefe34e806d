import { CloudError } from '../../../shared/ports/index.ts';
import { killRun } from '../../../shared/runs/kill.ts';
import { jobId } from '../../../shared/runs/names.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, endings, expectAudit, expectEndings } from './expect.ts';
import { killBeside } from './kill-beside.ts';

const prompt = { stall: () => 0, start: () => 0, ignoresTerm: () => false, kill: () => 0 };

/** Cloud Run takes no job for now: its quota is spent. */
function refuseOnce({ instances }: Stage): void {
  instances.beside('before', 'jobs.start', async () => {
    throw new CloudError('resource_exhausted', 'the quota is spent');
  });
}

/** Cloud Run refuses a job for its quota; the launch is put off and taken up again. */
export function putOff(): Scenario {
  return {
    title: 'a launch that is refused for a quota, and repeated',
    project: projectOf({ triage: {} }),
    live: async (stage) => {
      refuseOnce(stage);
      const { triage = '' } = await stage.deliver('1');
      await stage.until(triage, 'succeeded');
    },
    check: (stage) => expectEndings(stage, 'triage succeeded: completed'),
  };
}

/** The answer to the creation of a job is lost, and Cloud Run is slow to start it: the next launch finds it and waits. */
export function slowToStart(): Scenario {
  return {
    title: 'a job that Cloud Run took although it said otherwise, and starts late',
    project: projectOf({ triage: {} }),
    pace: { ...prompt, stall: () => 8_000 },
    live: async (stage) => {
      stage.instances.beside('after', 'jobs.start', async () => {
        throw new CloudError('unavailable', 'the answer was lost');
      });
      const { triage = '' } = await stage.deliver('1');
      await stage.until(triage, 'succeeded');
    },
    check: (stage) => expectEndings(stage, 'triage succeeded: completed'),
  };
}

/** An image that is not there, and a credential that has no home. */
export function refused(): Scenario {
  return {
    title: 'launches that are refused: no image, and no credential',
    project: projectOf({
      triage: {
        image: 'agents/gone',
        retry: { attempts: 1, exitCodes: null, backoff: 5, maxBackoff: 5 },
      },
      other: { credentials: ['github_token:default'] },
    }),
    imageExists: (image) => !image.includes('gone'),
    live: async (stage) => {
      await stage.deliver('1');
      await stage.pass(1_000);
    },
    check: (stage) =>
      expectEndings(stage, 'other failed: credential_missing', 'triage failed: image_not_found'),
  };
}

/** Cloud Run fails at every launch, until the last one gives up. */
export function exhausted(): Scenario {
  return {
    title: 'a run whose launches all fail',
    project: projectOf({ triage: {} }),
    prepare: async (stage) => {
      for (let launch = 1; launch <= 5; launch += 1) {
        stage.instances.beside('before', 'jobs.start', async () => {
          throw new CloudError('unavailable', 'no');
        });
      }
      await stage.deliver('1');
      for (let launch = 1; launch <= 4; launch += 1) await stage.leap(40_000);
    },
    live: (stage) => stage.pass(60_000),
    check: (stage) => expectEndings(stage, 'triage failed: launch_failed'),
  };
}

/** A person kills a run while its job is being created. */
export function killedWhileLaunched(): Scenario {
  let killed = '';
  return {
    title: 'a run that is killed while its job is being created',
    project: projectOf({ triage: {} }),
    container: () => 'runs',
    live: async (stage) => {
      const { triage = '' } = await stage.deliver('1');
      killed = triage;
      stage.instances.beside('before', 'jobs.start', () => killBeside(stage, triage));
      await stage.pass(1_000);
      await stage.ask('control', (ports, releases) => killRun(ports, releases, triage, octavia));
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage killed: killed');
      await expectAudit(stage, `run.kill runs/${killed}`);
    },
  };
}

/** A person kills a run while the secrets of its launch are filled. */
export function superseded(): Scenario {
  return {
    title: 'a run that is killed while its secrets are filled',
    project: projectOf({ triage: {} }),
    live: async (stage) => {
      const { triage = '' } = await stage.deliver('1');
      stage.instances.beside('before', 'secrets.addVersion', () => killBeside(stage, triage));
      await stage.pass(1_000);
    },
    check: async (stage) => {
      const [ended] = await endings(stage);
      // Of a person's wish that nobody heard, the person has not asked again.
      assert(ended === 'triage killed: killed' || ended === 'triage succeeded: completed', ended);
    },
  };
}

/** Somebody deletes the job of a run, and nobody can say how it ended. */
export function lost(): Scenario {
  return {
    title: 'an execution that somebody deleted',
    project: projectOf({ triage: { timeout: 600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const { triage = '' } = await stage.deliver('1');
      await stage.until(triage, 'running');
      await stage.world.ports.jobs.delete(jobId(triage));
      await stage.until(triage, 'lost');
    },
    check: (stage) => expectEndings(stage, 'triage lost: execution_vanished'),
  };
}
