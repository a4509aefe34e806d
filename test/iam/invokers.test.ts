import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../infra/local/iam/policy.ts';
import type { Run } from '../../shared/runs/run.ts';
import { deliveryHeaders, realisticDelivery } from '../bench/deliveries.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { grantName } from './lives.ts';

let drover: TestDrover;
let restore: (() => void) | undefined;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({ triage: { scale: 20 } }),
    // Long enough to be called about, and it says something.
    program: () => ({ file: '/bin/sh', args: ['-c', 'echo counting; sleep 0.2'], directory: '/' }),
    tickMs: 1_000,
    expectsDenials: true,
  });
});
afterEach(() => restore?.());
afterAll(() => drover.close());

/** What a call waits for may be a launch, with nothing loaded yet. */
const patienceMs = 45_000;

let count = 0;
async function deliver(): Promise<string> {
  count += 1;
  const delivery = realisticDelivery(drover.signingSecret);
  const answer = await fetch(`${drover.base}/webhooks/github`, {
    method: 'POST',
    headers: deliveryHeaders(delivery, `invokers-${count}`),
    body: delivery.body,
  });
  const { runs } = (await answer.json()) as { runs: { triage: string } };
  return runs.triage;
}

function takeAway(name: string): void {
  const there = drover.cloud.iam.grants().map(grantName);
  expect(there).toContain(name);
  restore = drover.cloud.iam.withhold((grant: Grant) => grantName(grant) === name);
}

/** What was refused since, by whom. */
async function refused(permission: string, call: string): Promise<string> {
  const { iam } = drover.cloud;
  const found = await eventually(
    async () =>
      iam.denials().find((denial) => denial.permission === permission && denial.call === call),
    patienceMs,
  );
  return found.member;
}

const account = (role: string) =>
  `serviceAccount:drover-${role}@drover-test.iam.gserviceaccount.com`;

describe('a call of a function that only Google makes', () => {
  it.each([
    ['dispatch', 'tasks'],
    ['poll', 'tasks'],
    ['tick', 'scheduler'],
    ['logs', 'pubsub'],
  ])('does not reach %s when %s may not invoke it', async (name, caller) => {
    takeAway(`drover-${caller}: run.routes.invoke on function drover-${name}`);
    await deliver();
    expect(await refused('run.routes.invoke', `a call of ${name}`)).toBe(account(caller));
  });
});

describe('the log sink', () => {
  it('exports nothing when its writer may not publish', async () => {
    takeAway('sink:drover-logs: pubsub.topics.publish on topic drover-logs');
    await deliver();
    expect(await refused('pubsub.topics.publish', 'an export of the log sink')).toBe(
      'sink:drover-logs',
    );
  });
});

describe('everybody', () => {
  it('may call the three functions that guard themselves, and no other', () => {
    const open = drover.cloud.iam.grants().filter(({ member }) => member === 'allUsers');
    expect(open.map(grantName).sort()).toEqual([
      'allUsers: run.routes.invoke on function drover-control',
      'allUsers: run.routes.invoke on function drover-gateway',
      'allUsers: run.routes.invoke on function drover-webhook',
    ]);
  });

  it.each([
    ['webhook', 'POST', '/webhooks/github', 401],
    ['gateway', 'GET', '/gateway/run?secret=nobody-abcdefgh.x', 403],
    ['control', 'GET', '/control/v1/runs', 401],
    ['dispatch', 'POST', '/dispatch', 401],
    ['poll', 'POST', '/poll', 401],
    ['tick', 'POST', '/tick', 401],
    ['logs', 'POST', '/logs', 401],
  ] as const)(
    'is refused by %s itself when nothing says who calls',
    async (_, method, path, status) => {
      const answer = await fetch(`${drover.base}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      });
      expect(answer.status).toBe(status);
    },
  );
});

it('a run goes its way again when everything is granted', async () => {
  const run = await deliver();
  const { documents } = drover.cloud;
  await eventually(async () => {
    const found = await documents.get<Run>(`runs/${run}`);
    return found?.data.cleanedAt != null;
  }, 60_000);
});
