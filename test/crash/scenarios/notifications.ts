import { keepCredential } from '../../../shared/credentials/home.ts';
import { topicNames } from '../../../shared/notifications/topics.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import { assert, expectEndings } from './expect.ts';

/** A run fails for good, and people want to be told of it. */
export function told(): Scenario {
  let run = '';
  return {
    title: 'a failed run of which people are told',
    project: {
      ...projectOf({ flaky: {} }),
      notifications: { instance: 'default', about: topicNames },
    },
    container: () => ({ exitCode: 1 }),
    prepare: async (stage) => {
      const reference = { type: 'slack_webhook', instance: 'default' };
      const fields = { url: Buffer.from('https://hooks.example.com/services/secret') };
      await keepCredential(stage.world.ports, reference, fields);
    },
    live: async (stage) => {
      const { flaky = '' } = await stage.deliver('1');
      run = flaky;
      await stage.leap(5_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'flaky failed: exit_code');
      const { notice } = await stage.world.run(run);
      assert.equal(notice?.state, 'sent');
      assert(notice.attempts <= 3);
    },
  };
}
