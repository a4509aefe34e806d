import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody } from '../../shared/deliveries/body.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import {
  agentOf,
  eventually,
  onGithub,
  projectOf,
  startDrover,
  type TestDrover,
} from '../drover.ts';
import { deliver, issueOpened } from './github.ts';
import { send } from './http.ts';
import { storesNothing } from './stored.ts';

/** Longer than an instance goes on with the release it knows, in ms. */
const pointerIsOldMs = 5_100;

/** A sender that signs nothing and has no ids. */
const hook = { type: 'generic', secrets: [], allowUnsigned: true, options: {} };
const post = (body: object) =>
  send(drover.base, {
    path: '/webhooks/hook',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const onHook = { webhooks: [{ source: 'hook', filters: { events: ['moo'] }, if: null }] };
const onOpened = { webhooks: [onGithub({ actions: ['opened'] })] };
const onClosed = { webhooks: [onGithub({ actions: ['closed'] })] };

function projectOfTest(): Project {
  const project = projectOf({ opened: onOpened, closed: onClosed, hooked: onHook });
  project.sources.hook = hook;
  return project;
}

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOfTest() });
});
afterAll(() => drover.close());

const runs = () => drover.cloud.documents.query<Run>({ collection: 'runs', limit: 100 });
const allOver = () =>
  eventually(async () => (await runs()).every(({ data }) => isOver(data.state) && data.cleanedAt));
const deliveryOf = async (id: string) =>
  (await drover.cloud.documents.get<Delivery>(`deliveries/github:${id}`))?.data;

describe('a delivery that is sent again', { timeout: 60_000 }, () => {
  it('starts nothing more, while its run lives and after it', async () => {
    const first = await deliver(drover, { id: 'twice' });
    const again = await deliver(drover, { id: 'twice' });
    expect(first.json).toMatchObject({ ok: true, matched: 1 });
    expect(first.json).not.toHaveProperty('duplicate');
    const repeated = { ok: true, duplicate: true, matched: 0, runs: first.json.runs };
    expect(again).toMatchObject({ status: 200, json: repeated });
    await allOver();
    const before = await runs();
    const late = await deliver(drover, { id: 'twice' });
    expect(late).toMatchObject({ status: 200, json: repeated });
    expect(await runs()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  it('starts one run when it comes many times at once', async () => {
    const before = (await runs()).length;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => deliver(drover, { id: 'at-once' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ json }) => json.duplicate !== true)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json.runs))).size).toBe(1);
    expect(await runs()).toHaveLength(before + 1);
    await allOver();
  });

  it.each([
    ['small', 10],
    ['large', 3_000_000],
  ])('is the same delivery whatever its body has become, %s as it is', async (size, padding) => {
    const id = `changed-${size}`;
    const first = Buffer.from(JSON.stringify({ ...issueOpened, padding: 'a'.repeat(padding) }));
    await deliver(drover, { id, body: first });
    const kept = await deliveryOf(id);
    const payload = { ...issueOpened, action: 'closed', padding: 'b'.repeat(padding) };
    const again = await deliver(drover, { id, payload });
    expect(again.json).toMatchObject({ duplicate: true, matched: 0 });
    expect(await deliveryOf(id)).toEqual(kept);
    if (!kept) throw new Error('the delivery was not kept');
    const body = await readBody(drover.cloud, `deliveries/github:${id}`, kept.body);
    expect(body && Buffer.compare(body, first)).toBe(0);
    await allOver();
  });

  it('needs its signature again', async () => {
    const secret = Buffer.from('another secret');
    const answer = await storesNothing(drover, () => deliver(drover, { id: 'twice', secret }));
    expect(answer.status).toBe(401);
  });

  it('is looked at again when it produced nothing, with the release of now', async () => {
    const payload = { ...issueOpened, action: 'labeled' };
    const first = await deliver(drover, { id: 'nothing-yet', payload });
    expect(first.json).toMatchObject({ ok: true, matched: 0, skipped: 3, runs: {} });
    const release = (await deliveryOf('nothing-yet'))?.release;

    const second = await deliver(drover, { id: 'nothing-yet', payload });
    expect(second.json).not.toHaveProperty('duplicate');
    expect(await deliveryOf('nothing-yet')).toMatchObject({ looks: 2, runs: {}, release });

    const project = projectOfTest();
    project.agents.labeled = agentOf({
      webhooks: [onGithub({ actions: ['labeled'] })],
    });
    const published = await drover.publish(project);
    await sleep(pointerIsOldMs);
    const third = await deliver(drover, { id: 'nothing-yet', payload });
    expect(third.json).toMatchObject({ ok: true, matched: 1, skipped: 3 });
    expect(third.json.runs).toHaveProperty('labeled');
    expect(await deliveryOf('nothing-yet')).toMatchObject({
      looks: 3,
      release: published,
      summary: 'issues.labeled started labeled',
    });
    await allOver();

    const fourth = await deliver(drover, { id: 'nothing-yet', payload });
    expect(fourth.json).toMatchObject({ duplicate: true, runs: third.json.runs });
  });
});

describe('a delivery without an id that is sent again', { timeout: 60_000 }, () => {
  it('starts nothing more while its bytes are the same', async () => {
    const first = await post({ event: 'moo', cow: 1 });
    expect(first).toMatchObject({ status: 200, json: { ok: true, matched: 1 } });
    expect(first.json.delivery).toMatch(/^hook:sha256-[0-9a-f]{32}-/);
    const again = await post({ event: 'moo', cow: 1 });
    const { delivery, runs: started } = first.json;
    expect(again.json).toMatchObject({ duplicate: true, matched: 0, delivery, runs: started });
    const other = await post({ event: 'moo', cow: 2 });
    expect(other.json).toMatchObject({ matched: 1 });
    expect(other.json.delivery).not.toBe(delivery);
    await allOver();
  });

  it('starts one run when it comes many times at once', async () => {
    const before = (await runs()).length;
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post({ event: 'moo', at: 'once' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ json }) => json.duplicate !== true)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json.runs))).size).toBe(1);
    expect(await runs()).toHaveLength(before + 1);
    await allOver();
  });

  it('is looked at again when it produced nothing', async () => {
    const first = await post({ event: 'baa' });
    expect(first.json).toMatchObject({ ok: true, matched: 0, runs: {} });
    const again = await post({ event: 'baa' });
    expect(again.json).toEqual(first.json);
    const path = `deliveries/${first.json.delivery}`;
    const kept = await drover.cloud.documents.get<Delivery>(path);
    expect(kept?.data).toMatchObject({ deliveryId: null, isSigned: false, looks: 2 });
  });
});
