import { type Called, callAgent } from '../../shared/calls/call-agent.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { killRun } from '../../shared/runs/kill.ts';
import { octavia } from '../ask.ts';
import type { Scenario } from '../crash/live.ts';
import { assert, expectEndings, runsOf } from '../crash/scenarios/expect.ts';
import type { Stage } from '../crash/stage.ts';
import { projectOf } from '../project.ts';
import { settings } from '../sim/place.ts';

const quiet = { webhooks: [] };

/** A value of a log line. */
function returnLine(value: string): string {
  return JSON.stringify({ _log: true, msg: 'signal-result', type: 'return', value });
}

/** Too long to stand on a run: it has a document of its own, which goes when another value comes. */
const long = 'word '.repeat(4_000);

/** A delivery comes as GitHub sends it, and its signature is verified with a secret. */
export function signedDelivery(): Scenario {
  return {
    title: 'a signed delivery over HTTP',
    project: projectOf({ triage: {} }),
    live: async (stage) => {
      const body = JSON.stringify({
        action: 'opened',
        issue: { number: 1, title: 'A herd', user: { login: 'octavia' } },
        repository: { full_name: 'acme/pasture' },
        sender: { login: 'octavia' },
      });
      const { status } = await stage.send('webhook', '/webhooks/github', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'issues',
          'x-github-delivery': '1',
          ...stage.world.signed(body),
        },
        body,
      });
      assert.equal(status, 200);
      await stage.pass(1_000);
    },
    check: (stage) => expectEndings(stage, 'triage succeeded: completed'),
  };
}

/** A run returns a long value in its log, and then a short one: the long one's document goes. */
export function shorterValue(): Scenario {
  let run = '';
  return {
    title: 'a long value in the log of a run, and a short one after it',
    project: projectOf({ talker: quiet }),
    container: () => 'runs',
    prepare: async (stage) => {
      run = await stage.run('talker');
      await stage.until(run, 'running');
    },
    live: async (stage) => {
      for (const value of [long, 'seven']) {
        stage.world.print(run, returnLine(value));
        await stage.pass(5_000);
      }
      await stage.world.exit(run, { exitCode: 0 });
    },
    check: async (stage) => {
      const found = (await runsOf(stage)).get(run);
      assert.equal(found?.returnValue, 'seven');
    },
  };
}

/** The short value is the last that a called run says: its ending finds it in the log before the line has come. */
export function shorterValueAtTheEnd(): Scenario {
  let [caller, called]: string[] = [];
  return {
    title: 'a long value of a called run, and a short one that its ending finds in the log',
    project: projectOf({ lead: quiet, good: quiet }),
    container: () => 'runs',
    prepare: async (stage) => {
      caller = await stage.run('lead');
      await stage.until(caller, 'running');
    },
    live: async (stage) => {
      const answer = await stage.ask(
        'gateway',
        (ports, releases): Promise<Called> =>
          callAgent(ports, settings, releases, {
            secret: stage.secretOf(caller ?? ''),
            target: 'good',
            context: 'Count.',
            key: 'k',
            wantsAnswer: true,
          }),
      );
      assert(answer.outcome === 'accepted');
      called = answer.runId;
      await stage.until(called, 'running');
      stage.world.print(called, returnLine(long));
      await stage.pass(5_000);
      // The line of the short value is late.
      stage.instances.beside('before', 'documents.get', async () => {
        throw new CloudError('unavailable', 'not now');
      });
      stage.world.print(called, returnLine('seven'));
      await stage.world.exit(called, { exitCode: 0 });
      await stage.pass(60_000);
      await stage.world.exit(caller ?? '', { exitCode: 0 });
    },
    check: async (stage) => {
      assert.equal((await runsOf(stage)).get(called ?? '')?.returnValue, 'seven');
    },
  };
}

/** Cloud Run does not hear of a kill: the next poll tells it again. */
export function killUnheard(): Scenario {
  return {
    title: 'a kill that Cloud Run does not hear of, and that a poll repeats',
    project: projectOf({ stubborn: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('stubborn');
      await stage.until(run, 'running');
      stage.instances.beside('before', 'jobs.cancel', async () => {
        throw new CloudError('unavailable', 'not now');
      });
      await stage.ask('control', (ports, releases) => killRun(ports, releases, run, octavia));
      await stage.pass(60_000);
    },
    check: (stage) => expectEndings(stage, 'stubborn killed: killed'),
  };
}

/** A container is so quick to have itself shut down that its run is still being launched. */
export function shutDownAtOnce(): Scenario {
  return {
    title: 'a run that shuts itself down while it is being launched',
    project: projectOf({ hasty: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      stage.instances.beside('after', 'jobs.start', async () => {
        const [run = ''] = (await runsOf(stage)).keys();
        await shutDown(stage, run);
      });
      await stage.run('hasty');
      await stage.pass(60_000);
    },
    check: (stage) => expectEndings(stage, 'hasty killed: killed'),
  };
}

/** Cloud Run does not hear of a run that shuts itself down: the gateway has a poll tell it. */
export function shutDownUnheard(): Scenario {
  return {
    title: 'a run that shuts itself down, of which Cloud Run does not hear',
    project: projectOf({ tired: { ...quiet, timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const run = await stage.run('tired');
      await stage.until(run, 'running');
      stage.instances.beside('before', 'jobs.cancel', async () => {
        throw new CloudError('unavailable', 'not now');
      });
      await shutDown(stage, run);
      await stage.pass(60_000);
    },
    check: (stage) => expectEndings(stage, 'tired killed: killed'),
  };
}

async function shutDown({ world, secretOf }: Stage, run: string): Promise<void> {
  await world.request('gateway', '/shutdown', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: secretOf(run), reason: 'nothing to do' }),
  });
}
