import { describe, expect, it } from 'vitest';
import { createLogGatherer } from '../shared/runs/logs.ts';
import { type Control, controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld, type World } from './world.ts';

interface Entry {
  msg: string;
  time: number;
}

async function controlled(): Promise<{ world: World; control: Control }> {
  const project = projectOf({ triage: {}, other: { webhooks: [] } });
  const world = await createWorld({ project });
  return { world, control: await controlOf(world) };
}

/** Runs that end one after the other, a minute apart, and say `line <n>`. */
async function runsOf(world: World, count: number): Promise<void> {
  const clock = { now: world.ports.clock.now, sleep: async () => {} };
  for (let n = 1; n <= count; n += 1) {
    const { triage = '' } = await world.deliver(`d${n}`);
    await world.advance(1_000);
    const at = `${new Date(world.ports.clock.now()).toISOString().slice(0, -1)}000000Z`;
    const line = { at, insertId: '1', severity: 'INFO', text: `line ${n}` };
    await createLogGatherer({ documents: world.ports.documents, clock }).add(triage, line);
    await world.exit(triage, { exitCode: 0 });
    await world.advance(59_000);
  }
}

const messages = ({ json }: { json: { entries: Entry[] } }) => json.entries.map(({ msg }) => msg);

/** Everything that pages say, from the last one back. */
async function allBack(control: Control, path: string): Promise<string[]> {
  const said: string[] = [];
  let back = '';
  for (let pages = 0; pages < 100; pages += 1) {
    const page = await control.get(`${path}${back}`);
    said.unshift(...messages(page));
    if (page.json.backCursor === null) return said;
    back = `&back_cursor=${page.json.backCursor}`;
  }
  throw new Error('it never ends');
}

describe("the scheduler's log", () => {
  it('is told whole by going back, however short its pages are', async () => {
    const { world, control } = await controlled();
    await runsOf(world, 5);
    const all = messages(await control.get('/api/logs/scheduler?lines=2000'));
    expect(all.length).toBeGreaterThan(15);
    expect(await allBack(control, '/api/logs/scheduler?lines=4')).toEqual(all);
  });

  it('is told whole by going on, however short its pages are', async () => {
    const { world, control } = await controlled();
    await runsOf(world, 1);
    const first = await control.get('/api/logs/scheduler');
    await runsOf(world, 4);
    await world.deliver('later');
    const all = messages(await control.get('/api/logs/scheduler'));
    const said = messages(first);
    let { cursor } = first.json;
    for (let more = true; more; ) {
      const page = await control.get(`/api/logs/scheduler?lines=3&cursor=${cursor}`);
      said.push(...messages(page));
      ({ cursor, hasMore: more } = page.json);
    }
    expect(said).toEqual(all);
  });

  it('goes on with what was decided before the last entry and became known after it', async () => {
    const { world, control } = await controlled();
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    const path = `runs/${triage}`;
    const { cursor } = (await control.get('/api/logs/scheduler')).json;
    const run = await world.run(triage);
    const at = new Date(world.ports.clock.now() - 500).toISOString();
    const timeline = [...run.timeline, { at, state: 'ending' as const, why: 'was slow' }];
    await world.ports.documents.commit([{ op: 'update', path, fields: { timeline } }]);
    const on = await control.get(`/api/logs/scheduler?cursor=${cursor}`);
    expect(messages(on)).toEqual([`${triage} ending: was slow`]);
    const again = await control.get(`/api/logs/scheduler?cursor=${on.json.cursor}`);
    expect(messages(again)).toEqual([]);
  });
});

describe('what was said before a time', () => {
  it('is found, however many runs came after it', async () => {
    const { world, control } = await controlled();
    await runsOf(world, 2);
    const before = world.ports.clock.now();
    await runsOf(world, 25);
    const path = `/api/logs/agents/triage?before=${before}`;
    expect(messages(await control.get(path))).toEqual(['line 1', 'line 2']);
  });
});

describe('the log of an agent', () => {
  it('goes on with every run that may still say something, however short its pages are', async () => {
    const { world, control } = await controlled();
    await world.publish(projectOf({ triage: { scale: 3, timeout: 3_600 } }));
    await world.advance(10_000);
    const say = async (run: string, ...texts: string[]): Promise<void> => {
      const clock = { now: world.ports.clock.now, sleep: async () => {} };
      const gatherer = createLogGatherer({ documents: world.ports.documents, clock });
      for (const text of texts) {
        const at = `${new Date(clock.now()).toISOString().slice(0, -1)}000000Z`;
        await gatherer.add(run, { at, insertId: text, severity: 'INFO', text });
        await world.advance(1);
      }
    };
    const { triage: first = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { triage: second = '' } = await world.deliver('d2');
    await world.advance(1_000);
    await say(first, 'a1', 'a2');
    await say(second, 'b1', 'b2', 'b3');
    const path = '/api/logs/agents/triage';
    const last = await control.get(`${path}?lines=2`);
    expect(messages(last)).toEqual(['b2', 'b3']);
    await say(first, 'a3');
    const on = await control.get(`${path}?cursor=${last.json.cursor}`);
    expect(messages(on)).toEqual(['a3']);
  });
});

describe('the activity', () => {
  it('has every delivery that started nothing, and knows how many there are', async () => {
    const { world, control } = await controlled();
    await world.publish(projectOf({ triage: { webhooks: [] } }));
    for (let n = 0; n < 12; n += 1) await world.deliver(`d${n}`);
    const first = await control.get('/api/stats/activity?status=dead-letter&limit=5');
    expect(first.json).toMatchObject({ total: 12 });
    const ids: string[] = [];
    for (let offset = 0; offset < 12; offset += 5) {
      const path = `/api/stats/activity?status=dead-letter&limit=5&offset=${offset}`;
      const { rows } = (await control.get(path)).json;
      ids.push(...rows.map((row: { webhookReceiptId: string }) => row.webhookReceiptId));
    }
    expect(new Set(ids).size).toBe(12);
  });
});

describe('the status', () => {
  it('knows when an agent ran last, however busy others were since', async () => {
    const { world, control } = await controlled();
    await control.post('/control/trigger/other');
    await world.settle();
    const [{ id = '' } = {}] = (await control.get('/v1/runs?agent=other')).json.runs;
    await world.exit(id, { exitCode: 0 });
    await runsOf(world, 101);
    const { agents } = (await control.get('/control/status')).json;
    expect(agents[1]).toMatchObject({ name: 'other', lastRunAt: expect.any(String) });
  });
});
