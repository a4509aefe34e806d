import { afterAll, expect, test } from 'vitest';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { costRows } from './costs/rows.ts';
import { countRun } from './counts/count.ts';
import { countedRows } from './counts/rows.ts';
import { deliveryHeaders, realisticDelivery } from './deliveries.ts';
import { budgetOf, isOver, readBudget } from './rows.ts';

let drover: TestDrover | undefined;
afterAll(() => drover?.close());

test('a run costs exactly the calls, writes and round trips that the budget records', async () => {
  const rows = await countedRows();
  const counted = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const recorded = Object.entries(readBudget().counts).map(([name, one]) => [name, one.recorded]);
  expect(counted).toEqual(Object.fromEntries(recorded));
});

test('nothing that is counted is over its limit', async () => {
  const budget = readBudget();
  const over = (await countedRows()).filter(({ name, value }) => {
    const known = budgetOf(budget, name);
    return !known || isOver(known, value);
  });
  expect(over).toEqual([]);
});

test('what is reckoned from counts and prices is within its limits', async () => {
  const { bounded } = readBudget();
  const rows = await costRows();
  const names = rows.map(({ name }) => name);
  for (const what of ['a run of a minute', 'a run of five minutes', 'a day without runs']) {
    expect(names).toContain(`calls of Google's services, ${what}`);
  }
  const over = rows.filter(({ name, value }) => {
    const known = bounded[name];
    return known !== undefined && isOver(known, value);
  });
  expect(over).toEqual([]);
});

test('the launch waits for a chain of calls, not for each of them', async () => {
  const { path, rounds } = await countRun({ fields: 3 });
  expect(path).toHaveLength(rounds.launch);
  expect(path.at(-1)).toBe('Jobs.CreateJob');
  expect(path.join(' + ').split(' + ').length).toBeGreaterThan(rounds.launch);
});

test('the adapters make on the wire the writes that are counted on the ports', async () => {
  const reference = 'github_token:default';
  drover = await startDrover({
    project: projectOf({ counted: { credentials: [reference] } }),
    credentials: { [reference]: { a: '1', b: '2', c: '3' } },
  });
  drover.cloud.calls.reset();
  const delivery = realisticDelivery(drover.signingSecret);
  const answer = await fetch(`${drover.base}/webhooks/github`, {
    method: 'POST',
    headers: deliveryHeaders(delivery, 'on-the-wire'),
    body: delivery.body,
  });
  const { runs } = (await answer.json()) as { runs: { [agent: string]: string } };
  const { documents, calls } = drover.cloud;
  await eventually(async () => {
    const run = await documents.get<{ cleanedAt: string | null }>(`runs/${runs.counted}`);
    return run?.data.cleanedAt != null;
  });
  const onTheWire = calls.counts();
  const onThePorts = (await countRun({ fields: 3 })).calls;
  // How often it is looked at depends on how long it runs; what is made and removed does not.
  for (const method of [
    'Jobs.CreateJob',
    'Jobs.DeleteJob',
    'SecretManagerService.CreateSecret',
    'SecretManagerService.AddSecretVersion',
    'SecretManagerService.DeleteSecret',
  ]) {
    expect([method, onTheWire[method]]).toEqual([method, onThePorts[method]]);
  }
});
