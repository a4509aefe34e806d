import type { Call } from '../../../shared/calls/call.ts';
import { type Called, callAgent } from '../../../shared/calls/call-agent.ts';
import { type CallRead, readCall } from '../../../shared/calls/read-call.ts';
import type { Write } from '../../../shared/ports/index.ts';
import { killRun } from '../../../shared/runs/kill.ts';
import { signal } from '../../../shared/runs/signal.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import { settings } from '../../sim/place.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { answersOf, assert, expectEndings, runsOf } from './expect.ts';

const quiet = { webhooks: [], timeout: 3_600 };

interface Accepted {
  callId: string;
  runId: string;
}

/** The agent of a run calls another; with the same key it is the same call. */
async function call(stage: Stage, caller: string, target: string, key: string): Promise<Accepted> {
  const called = await stage.ask(
    'gateway',
    (ports, releases): Promise<Called> =>
      callAgent(ports, settings, releases, {
        secret: stage.secretOf(caller),
        target,
        context: 'Count the sheep.',
        key,
        wantsAnswer: true,
      }),
  );
  assert(called.outcome === 'accepted', JSON.stringify(called));
  // Admissions of one millisecond have no order.
  await stage.pass(1);
  return called;
}

/** How a call stands, as its caller sees it. */
async function read(stage: Stage, caller: string, callId: string): Promise<string | null> {
  const found = await stage.ask(
    'gateway',
    (ports): Promise<CallRead> => readCall(ports, { secret: stage.secretOf(caller), callId }),
  );
  if (found.outcome !== 'found') return found.outcome;
  return found.error ?? found.returnValue ?? found.state;
}

async function lead(stage: Stage): Promise<string> {
  const run = await stage.run('lead');
  await stage.until(run, 'running');
  return run;
}

/** A call that has its answer, by a signal, and is read by its caller. */
export function answered(): Scenario {
  const long = 'seven sheep and '.repeat(600);
  return {
    title: 'a call that is made twice under one key, answered at length, and read',
    project: projectOf({ lead: quiet, good: quiet }),
    container: () => 'runs',
    live: async (stage) => {
      const caller = await lead(stage);
      const { callId, runId } = await call(stage, caller, 'good', 'k');
      assert.equal((await call(stage, caller, 'good', 'k')).runId, runId);
      await stage.until(runId, 'running');
      assert.equal(await read(stage, caller, callId), 'running');
      await stage.ask('gateway', (ports) =>
        signal(ports, stage.secretOf(runId), { kind: 'return', value: long }),
      );
      await stage.world.exit(runId, { exitCode: 0 });
      await stage.until(runId, 'succeeded');
      assert.equal(await read(stage, caller, callId), long);
      await stage.world.exit(caller, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(stage, 'good succeeded: completed', 'lead succeeded: completed');
      assert.equal(Object.keys(await answersOf(stage)).length, 1);
    },
  };
}

/** A call whose run fails is handed to the retry, and fails with that. */
export function handedOver(): Scenario {
  const retry = { attempts: 1, exitCodes: [7], backoff: 5, maxBackoff: 5 };
  return {
    title: 'a call whose run fails and is tried again in vain',
    project: projectOf({ lead: quiet, bad: { ...quiet, retry } }),
    container: ({ env }) => {
      const { name } = JSON.parse(env.AGENT_CONFIG ?? '{}') as { name: string };
      return name === 'bad' ? { exitCode: 7 } : 'runs';
    },
    live: async (stage) => {
      const caller = await lead(stage);
      const { runId, callId } = await call(stage, caller, 'bad', 'k');
      const { next } = await stage.until(runId, 'failed');
      await stage.until(next ?? '', 'failed');
      assert.equal(await read(stage, caller, callId), 'agent run failed');
      await stage.world.exit(caller, { exitCode: 0 });
    },
    check: async (stage) => {
      const failed = 'bad failed: exit_code';
      await expectEndings(stage, failed, failed, 'lead succeeded: completed');
      assert.deepEqual(Object.values(await answersOf(stage)), ['agent run failed']);
    },
  };
}

/** Calls that come to nothing: one is dropped, one is killed, and one is still open when its caller ends. */
export function forNothing(): Scenario {
  let [busy, dropped, killed]: Accepted[] = [];
  return {
    title: 'calls that come to nothing: dropped, killed, and left behind by their caller',
    project: projectOf({ lead: quiet, slow: { ...quiet, maxWorkQueueSize: 1 } }),
    container: () => 'runs',
    live: async (stage) => {
      const caller = await lead(stage);
      busy = await call(stage, caller, 'slow', 'busy');
      await stage.until(busy.runId, 'running');
      dropped = await call(stage, caller, 'slow', 'dropped');
      killed = await call(stage, caller, 'slow', 'killed');
      await stage.until(dropped.runId, 'dropped');
      const { runId } = killed;
      await stage.ask('control', (ports, releases) => killRun(ports, releases, runId, octavia));
      await stage.world.exit(caller, { exitCode: 0 });
      await stage.until(caller, 'succeeded');
      await stage.world.exit(busy.runId, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(
        stage,
        'lead succeeded: completed',
        'slow cancelled: killed',
        'slow dropped: queue_overflow',
        'slow succeeded: completed',
      );
      assert.deepEqual(await answersOf(stage), {
        [busy?.callId ?? '']: 'caller container exited',
        [dropped?.callId ?? '']: 'agent run was dropped',
        [killed?.callId ?? '']: 'agent run was cancelled',
      });
      for (const run of (await runsOf(stage)).values()) {
        if (run.agent === 'lead') assert.equal(run.calls.length, 3);
      }
    },
  };
}

/** A call that nobody answers in time. */
export function late(): Scenario {
  return {
    title: 'a call that has no answer for two hours',
    project: projectOf({ lead: quiet, slow: quiet }),
    container: () => 'runs',
    prepare: async (stage) => {
      const caller = await lead(stage);
      const { callId } = await call(stage, caller, 'slow', 'k');
      const { documents, clock } = stage.world.ports;
      const at = new Date(clock.now() - 2 * 60 * 60_000);
      await documents.commit([{ op: 'update', path: `calls/${callId}`, fields: { at } }]);
    },
    live: async (stage) => {
      const runs = await runsOf(stage);
      const [caller = ''] = [...runs].flatMap(([id, { agent }]) => (agent === 'lead' ? [id] : []));
      const [callId = ''] = Object.keys(await answersOf(stage));
      assert.equal(await read(stage, caller, callId), 'call timed out');
      for (const id of runs.keys()) await stage.world.exit(id, { exitCode: 0 });
    },
    check: async (stage) => {
      await expectEndings(stage, 'lead succeeded: completed', 'slow succeeded: completed');
      assert.deepEqual(Object.values(await answersOf(stage)), ['call timed out']);
    },
  };
}

/** A run that ends with more open calls than one commit can fail. */
export function toSpare(): Scenario {
  const many = 90;
  return {
    title: 'a run that ends with more open calls than its ending can fail',
    project: projectOf({ lead: quiet }),
    container: () => 'runs',
    prepare: async (stage) => {
      const caller = await lead(stage);
      const calls = Array.from({ length: many }, (_, index) => `call-${index}`);
      const { documents, clock } = stage.world.ports;
      const record: Call = {
        summary: '',
        caller,
        callerAgent: 'lead',
        agent: 'gone',
        run: null,
        state: 'pending',
        depth: 1,
        returnValue: null,
        returnBytes: null,
        error: null,
        at: new Date(clock.now()),
        keptDays: 14,
        expireAt: null,
      };
      await documents.commit([
        { op: 'update', path: `runs/${caller}`, fields: { calls } },
        ...calls.map((id): Write => ({ op: 'create', path: `calls/${id}`, data: record })),
      ]);
    },
    live: async (stage) => {
      for (const id of (await runsOf(stage)).keys()) await stage.world.exit(id, { exitCode: 0 });
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'lead succeeded: completed');
      const answers = Object.values(await answersOf(stage));
      assert.deepEqual(answers, Array(many).fill('caller container exited'));
    },
  };
}
