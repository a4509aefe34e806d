import { readAgentState } from '../../../shared/agents/state.ts';
import { type Called, callAgent } from '../../../shared/calls/call-agent.ts';
import { readLog } from '../../../shared/runs/logs.ts';
import { type Signal, signal } from '../../../shared/runs/signal.ts';
import { projectOf } from '../../project.ts';
import { settings } from '../../sim/place.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { answersOf, assert, expectEndings, runsOf } from './expect.ts';

const quiet = { webhooks: [], timeout: 3_600 };

/** A container prints a line, which takes the way through the log sink and Pub/Sub. */
async function print(stage: Stage, run: string, line: { [field: string]: unknown }): Promise<void> {
  stage.world.print(run, JSON.stringify(line));
  await stage.pass(1);
}

/** What a run says of itself: status, rerun, usage and lines. */
export function said(): Scenario {
  return {
    title: 'lines, usage, a value and signals of a run',
    project: projectOf({ talker: quiet }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('talker');
      await stage.until(run, 'running');
      const signals: Signal[] = [{ kind: 'status', text: 'busy' }, { kind: 'rerun' }];
      for (const one of signals) {
        assert(await stage.ask('gateway', (ports) => signal(ports, stage.secretOf(run), one)));
      }
      await print(stage, run, { msg: 'hello' });
      await print(stage, run, { _log: true, msg: 'token-usage', inputTokens: 7, cost: 1 });
      await print(stage, run, { _log: true, msg: 'signal-result', type: 'return', value: 'seven' });
      // What Pub/Sub has to bring once more comes in seconds; a value that comes after the end changes nothing.
      await stage.pass(10_000);
      await stage.world.exit(run, { exitCode: 0 });
      // The last account often comes after the end, and the sums of its agent follow.
      await print(stage, run, { _log: true, msg: 'token-usage', inputTokens: 7, cost: 2 });
      await stage.pass(10_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'talker succeeded: completed');
      const [[id, run] = []] = await runsOf(stage);
      assert(id !== undefined && run);
      assert.equal(run.status, 'busy');
      assert.equal(run.rerunRequested, true);
      assert.equal(run.usage?.totalTokens, 7);
      assert.equal(run.cost?.models, 2);
      const { data } = await readAgentState(stage.world.ports, 'talker');
      assert.deepEqual(
        Object.values(data.days).map(({ models }) => models),
        [2],
      );
      assert.equal(run.returnValue, 'seven');
      const lines = await readLog(stage.world.ports, id, 100);
      assert.equal(lines.filter(({ text }) => text.startsWith('{')).length, 4);
    },
  };
}

/** A call that is answered by a line that Cloud Logging has, and that the sink may not have brought yet. */
export function returnedInLog(): Scenario {
  return {
    title: 'a call that is answered by the last line of its run',
    project: projectOf({ lead: quiet, good: quiet }),
    container: () => 'runs',
    prepare: async (stage) => {
      const run = await stage.run('lead');
      await stage.until(run, 'running');
    },
    live: async (stage) => {
      const [caller = ''] = (await runsOf(stage)).keys();
      const called = await stage.ask(
        'gateway',
        (ports, releases): Promise<Called> =>
          callAgent(ports, settings, releases, {
            secret: stage.secretOf(caller),
            target: 'good',
            context: 'Count.',
            key: 'k',
            wantsAnswer: true,
          }),
      );
      assert(called.outcome === 'accepted');
      await stage.until(called.runId, 'running');
      const line = { _log: true, msg: 'signal-result', type: 'return', value: 'seven' };
      stage.world.print(called.runId, JSON.stringify(line));
      await stage.world.exit(called.runId, { exitCode: 0 });
      await stage.until(called.runId, 'succeeded');
      await stage.world.exit(caller, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(stage, 'good succeeded: completed', 'lead succeeded: completed');
      const [answer] = Object.values(await answersOf(stage));
      // Best effort: where Cloud Logging does not answer, the call is answered without it.
      assert(answer === 'seven' || answer === null);
    },
  };
}
