import { signal } from '../../../shared/runs/signal.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import { assert, expectEndings, runsOf } from './expect.ts';

/** More than may be published of a run without its document's knowing. */
const many = 25;

/** A run that says so much that its document is told on the way what of it is published. */
export function talkative(): Scenario {
  let run = '';
  return {
    title: 'a run that says much, until its end',
    project: projectOf({ talker: { webhooks: [], timeout: 3_600 } }),
    container: () => 'runs',
    prepare: async (stage) => {
      run = await stage.run('talker');
      await stage.until(run, 'running');
      for (let number = 1; number <= many; number += 1) {
        const said = { kind: 'status', text: `step ${number}` } as const;
        assert(await stage.ask('gateway', (ports) => signal(ports, stage.secretOf(run), said)));
      }
    },
    live: async (stage) => {
      await stage.pass(60_000);
      const { state, published } = await stage.world.run(run);
      assert.equal(state, 'running');
      assert(published > many);
      await stage.world.exit(run, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(stage, 'talker succeeded: completed');
      const found = (await runsOf(stage)).get(run);
      assert.equal(found?.published, found && found.events + 1);
    },
  };
}
