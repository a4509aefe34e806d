import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, astonishedCode, calledAgent, failingCode, type Role } from './agents.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { holdLocks } from './hold-locks.ts';
import { fractionOf } from './random.ts';
import { openRecord } from './records.ts';

/** The program of every agent of the soak: its role and where its record is kept come with its environment. */
const {
  SOAK_ROLE: role = '',
  SOAK_RECORDS: directory = '',
  AL_RUN_ID: run = '',
  AL_CALL_ID: call = '',
  CLOUD_RUN_EXECUTION: execution = '',
} = process.env;

const record = openRecord(directory, run, execution);
const gateway = openGateway(process.env);

process.once('SIGTERM', () => {
  record({ what: 'told', signal: 'SIGTERM' });
  process.exit(failingCode);
});

/** Each answers with an exit code. */
const roles: { readonly [role in Role]: () => Promise<number> } = {
  works: async () => {
    await sleep(100 + 300 * fractionOf(run));
    return 0;
  },
  locks: () => holdLocks(gateway, run, record),
  calls: () => callForHelp(gateway),
  answers: async () => {
    await sleep(100 + 200 * fractionOf(run));
    const { status } = await gateway.post('/signals/return', { value: answerTo(call) });
    return status === 200 ? 0 : astonished(`its return value was answered ${status}`);
  },
  fails: async () => {
    await sleep(100);
    return fractionOf(run) < 0.5 ? failingCode : 0;
  },
  hangs: async () => {
    await sleep(60_000);
    return 0;
  },
};

const exitCode = await roles[role as Role]();
record({ what: 'end', exitCode });
process.exit(exitCode);

function astonished(why: string): number {
  record({ what: 'astonished', why });
  return astonishedCode;
}

async function callForHelp({ post, get }: Gateway): Promise<number> {
  const asked = await post(
    '/calls',
    { targetAgent: calledAgent, context: `for ${run}` },
    { 'idempotency-key': 'help' },
  );
  const id = asked.body.callId;
  if (asked.status !== 200 || typeof id !== 'string') {
    return astonished(`its call was answered ${asked.status} ${JSON.stringify(asked.body)}`);
  }
  record({ what: 'called', call: id });
  for (;;) {
    await sleep(150);
    const { status, body } = await get(`/calls/${id}`);
    if (status !== 200) return astonished(`its call was answered ${status}`);
    if (body.status === 'pending' || body.status === 'running') continue;
    const value = String(body.returnValue);
    record({ what: 'answered', call: id, status: String(body.status), value });
    return value === answerTo(id) ? 0 : astonished(`its call came to ${JSON.stringify(body)}`);
  }
}
