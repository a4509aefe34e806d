import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryWith, removeDirectories } from '../../infra/cli/test-project.ts';
import { lockPath } from '../../shared/locks/lock.ts';
import { createLogGatherer } from '../../shared/runs/logs.ts';
import { keys } from '../control.ts';
import { projectOf } from '../project.ts';
import { createWorld, type World } from '../world.ts';
import { steerAt, steerIn } from './steer.ts';

afterAll(removeDirectories);

/** A world in which one delivery came, and its run runs. */
async function running() {
  const world = await createWorld({ project: projectOf({ triage: { scale: 1, timeout: 3_600 } }) });
  const { triage: run = '' } = await world.deliver('d1');
  await world.advance(3_000);
  return { world, run, ...(await steerIn(world)) };
}

/** Lines of a run's log, in one chunk. */
async function say(world: World, run: string, texts: readonly string[]): Promise<void> {
  const { documents, clock } = world.ports;
  const gatherer = createLogGatherer({
    documents,
    clock: { now: clock.now, sleep: async () => {} },
  });
  await Promise.all(
    texts.map((text, n) =>
      gatherer.add(run, {
        at: `2026-03-01T12:00:01.${String(n).padStart(9, '0')}Z`,
        insertId: String(n).padStart(9, '0'),
        severity: n === 1 ? 'WARNING' : 'INFO',
        text,
      }),
    ),
  );
}

describe('drover runs', () => {
  it('lists runs on 80 columns and on 40, and for programs', async () => {
    const { steer, run } = await running();
    const { out, err } = await steer(['runs', 'ls']);
    expect(err).toBe('');
    const [title = '', line = ''] = out.split('\n');
    expect(title).toMatch(/^RUN +STATE +ADMITTED +TOOK +BY +WHY$/);
    expect(line).toMatch(new RegExp(`^${run}  running  3 s ago   3\\.0 s  webhook  execution `));
    const narrow = await steer(['runs', 'ls'], { columns: 40 });
    expect(narrow.out.split('\n')[1]).toBe(`${run}  running  3 s ago`);
    for (const [shown, width] of [
      [out, 80],
      [narrow.out, 40],
    ] as const) {
      for (const each of shown.split('\n')) expect(each.length).toBeLessThanOrEqual(width);
    }
    const json = (await steer(['runs', 'ls', '--json'])).json();
    expect(json).toMatchObject({
      event: 'result',
      ok: true,
      runs: [{ id: run, state: 'running' }],
      more: false,
    });
  });

  it('lists what is asked for, page by page, and says when there is more', async () => {
    const { steer, world } = await running();
    for (let n = 2; n <= 5; n += 1) {
      await world.advance(1_000);
      await world.deliver(`d${n}`);
    }
    const some = (await steer(['runs', 'ls', '--limit', '3', '--json'])).json();
    expect([some.runs.length, some.more]).toEqual([3, true]);
    const all = (await steer(['runs', 'ls', '--limit', '300', '--json'])).json();
    expect([all.runs.length, all.more]).toEqual([5, false]);
    const queued = (await steer(['runs', 'ls', '--state', 'queued,launching', '--json'])).json();
    expect(queued.runs).toHaveLength(4);
    const late = (await steer(['runs', 'ls', '--since', '1s', '--json'])).json();
    expect(late.runs.length).toBeLessThan(5);
    const filters = ['--agent', 'triage', '--state', 'queued,launching', '--since', '1 h'];
    const cut = await steer(['runs', 'ls', ...filters, '--limit', '2', '--json']);
    expect(cut.json().next ?? cut.err).toBe(
      "`drover runs ls --agent triage --state queued,launching --since '1 h' --limit 10` shows more.",
    );
    const asked: string[] = [];
    const other = steerAt(async (input) => {
      asked.push(new URL(String(input)).search);
      return Response.json({ runs: [], deliveries: [], next: null });
    });
    await other(['runs', 'ls', '--agent', 'a', '--json', '--directory', '.', '--region', 'x-y1']);
    await other(['deliveries', 'ls', '--event', 'e', '--json', '--project', 'acme-drover']);
    expect(asked).toEqual(['?agent=a&limit=20', '?event=e&limit=20']);
    expect((await steer(['runs', 'ls', '--agent', 'nobody'])).out).toBe('there are no such runs\n');
  });

  it('shows one with its timeline and its journal', async () => {
    const { steer, run } = await running();
    const { out } = await steer(['runs', 'get', run, '--journal']);
    expect(out).toContain('state     running\n');
    expect(out).toMatch(/^\d\d:\d\d:\d\d|^2026-03-01 /m);
    expect(out).toContain('queued: issues.labeled on acme/pasture by octavia');
    expect(out).toContain('launch (queued to launching): a slot is free');
    const json = (await steer(['runs', 'get', run, '--json'])).json();
    expect(json.run).toMatchObject({ id: run, state: 'running' });
  });

  it('explains one on one screen', async () => {
    const { steer, run, world } = await running();
    await world.exit(run, { exitCode: 1 });
    const { out, exitCode } = await steer(['runs', 'explain', run]);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[0]).toBe(`${run}: failed (exit_code, exit code 1)`);
    expect(out).toContain('issues.labeled on acme/pasture by octavia, at ');
    expect(out).toMatch(/^why it +it listens to github/m);
    expect(out).toContain('it started as soon as it was admitted');
    expect(out).toMatch(/^running +\S+( \S+)? +\d,\d{3} +3\.0 s$/m);
    expect(out).toContain('docs/errors/exit_code.md');
    expect(out).toContain('drover deliveries get github:d1');
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    for (const line of lines)
      if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(80);
    const narrow = (await steer(['runs', 'explain', run], { columns: 40 })).out;
    for (const line of narrow.split('\n')) {
      if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(40);
    }
  });

  it('explains one that never left its queue, and the chain of one that was tried again', async () => {
    const retry = { attempts: 1, backoff: 60, maxBackoff: 60, exitCodes: null };
    const world = await createWorld({ project: projectOf({ triage: { retry } }) });
    const { steer } = await steerIn(world);
    const { triage: first = '' } = await world.deliver('d1');
    await world.settle();
    await world.exit(first, { exitCode: 1 });
    const { next } = await world.run(first);
    expect((await steer(['runs', 'explain', first])).out).toContain(
      `followed by ${next}, which is queued\n`,
    );
    const waits = (await steer(['runs', 'explain', next ?? ''])).out;
    expect(waits).toContain(`follows ${first}, which failed (exit_code)\n`);
    expect(waits).toMatch(/^why it +triage-\w{8} failed, and this is retry 1$/m);
    expect(waits).toMatch(/it is not to start before \d\d:\d\d:\d\d/);
    expect(waits).not.toContain('must not start before');
    await steer(['runs', 'kill', next ?? '']);
    expect((await steer(['runs', 'explain', next ?? ''])).out).toContain(
      'it never left the queue\n',
    );
    expect((await steer(['runs', 'explain', first])).out).toContain(
      'which was cancelled (killed)\n',
    );
  });

  it('kills several, and none where one of them is not there', async () => {
    const { steer, run, world, control } = await running();
    const { triage: second = '' } = await world.deliver('d2');
    const refused = await steer(['runs', 'kill', run, second, 'triage-zzzzzzzz']);
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('NOT_FOUND: There is no run triage-zzzzzzzz.\n');
    expect((await control.get('/v1/audit')).json).toMatchObject({ entries: [] });
    const { exitCode, out } = await steer(['runs', 'kill', run, second, '--why', 'für Ö']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`${run} is (killed|being stopped)`));
    expect(out).toContain(`${second} is cancelled: it was queued`);
    const { entries } = (await control.get('/v1/audit')).json;
    expect(entries).toMatchObject([{ action: 'run.kill', why: 'für Ö' }, { why: 'für Ö' }]);
  });

  it('retries what is over, and refuses what is not', async () => {
    const { steer, run, world } = await running();
    const early = await steer(['runs', 'retry', run]);
    expect([early.exitCode, early.err]).toEqual([
      2,
      expect.stringContaining(`NOT_POSSIBLE: ${run} is running: `.replace('triage', 'Triage')),
    ]);
    await world.exit(run, { exitCode: 0 });
    const { out } = await steer(['runs', 'retry', run]);
    expect(out).toMatch(/^triage-\w{8} is admitted\n/);
    expect(await world.runs()).toHaveLength(2);
  });

  it('replays the delivery of one for its own agent', async () => {
    const { steer, run, world } = await running();
    await world.exit(run, { exitCode: 0 });
    const { run: replayed, isNew } = (await steer(['runs', 'replay', run, '--json'])).json();
    expect(isNew).toBe(true);
    expect((await world.run(replayed)).trigger).toMatchObject({
      type: 'replay',
      delivery: 'github:d1',
    });
    const manual = (await steer(['run', 'triage', '--json'])).json().run;
    const refused = await steer(['runs', 'replay', manual]);
    expect([refused.exitCode, refused.err]).toEqual([
      2,
      expect.stringContaining(`drover runs retry ${manual}`),
    ]);
  });
});

describe('drover run', () => {
  it('starts a run with a prompt, once for a key', async () => {
    const { steer, world } = await running();
    const ask = () =>
      steer(['run', 'triage', 'Look at issue 42.', '--idempotency-key', 'monday', '--json']);
    const first = (await ask()).json();
    expect(first).toMatchObject({ isNew: true });
    expect((await ask()).json()).toMatchObject({ run: first.run, isNew: false });
    expect((await world.run(first.run)).prompt).toBe('Look at issue 42.');
  });

  it('takes the prompt from a file, and says why it waits', async () => {
    const { steer, world, control } = await running();
    await control.post('/v1/agents/triage/pause', { why: 'a storm' });
    const directory = directoryWith({ 'ask.txt': 'Mend it.' });
    const { out } = await steer(['run', 'triage', '--prompt-file', 'ask.txt'], { directory });
    expect(out.replaceAll('\n', ' ')).toMatch(
      /it does not start now: triage is paused since .*: a storm/,
    );
    const [run = ''] = /triage-\w{8}/.exec(out) ?? [];
    expect((await world.run(run)).prompt).toBe('Mend it.');
    const piped = (
      await steer(['run', 'triage', '--prompt-file', '-', '--json'], { input: 'Ö?' })
    ).json();
    expect((await world.run(piped.run)).prompt).toBe('Ö?');
    expect((await steer(['run', 'triage', '--prompt-file', '-'])).err).toContain(
      'Nothing comes on standard input.',
    );
  });

  it.each([
    [['run', 'nobody'], 'NOT_FOUND: There is no agent nobody.'],
    [['run', 'triage', 'x', '--prompt-file', 'y'], 'exclude each other'],
    [['run', 'triage', '--prompt-file', 'absent.txt'], '--prompt-file absent.txt cannot be read'],
    [['run', 'triage', 'x'.repeat(1_100_000)], 'NOT_POSSIBLE: '],
  ])('starts nothing for %j', async (args, said) => {
    const { steer, world } = await running();
    const { exitCode, err } = await steer(args);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(said)]);
    expect(await world.runs()).toHaveLength(1);
  });
});

describe('drover logs', () => {
  it('shows the last lines of a run, and of the newest run of an agent', async () => {
    const { steer, run, world } = await running();
    await say(world, run, ['one', 'two', '{"_log":true,"level":"error","msg":"three","issue":42}']);
    const { out } = await steer(['logs', run, '--lines', '2']);
    expect(out.split('\n').map((line) => line.replace(/^.*? {2}/, ''))).toEqual([
      'WARNING two',
      'error three issue=42',
      '',
    ]);
    const last = await steer(['logs', 'triage', '--lines', '1', '--json']);
    const [line = '', result = ''] = last.out.split('\n');
    expect(JSON.parse(line)).toMatchObject({ event: 'line', run, severity: 'INFO' });
    expect(JSON.parse(result)).toMatchObject({ event: 'result', ok: true, run, lines: 1 });
  });

  it('shows a long log whole, in its order, and any number of its last lines', async () => {
    const { steer, run, world } = await running();
    await say(
      world,
      run,
      Array.from({ length: 6_001 }, (_, n) => `line ${n}`),
    );
    const texts = async (...args: string[]) =>
      (await steer(['logs', run, '--json', ...args])).out
        .split('\n')
        .flatMap((each) => /"text":"line (\d+)"/.exec(each)?.[1] ?? []);
    expect(await texts('--lines', 'all')).toEqual(Array.from({ length: 6_001 }, (_, n) => `${n}`));
    expect(await texts('--lines', '5000')).toEqual(
      Array.from({ length: 5_000 }, (_, n) => `${n + 1_001}`),
    );
    expect(await texts('--lines', '9000')).toHaveLength(6_001);
    expect(await texts('--lines', '3', '--grep', '00$')).toEqual(['5800', '5900', '6000']);
  });

  it('follows a run to its end, whose failure is something found', async () => {
    const { steer, run, world } = await running();
    await say(world, run, ['one', 'two']);
    await world.exit(run, { exitCode: 1 });
    await world.advance(10_000);
    const { out, exitCode } = await steer(['logs', run, '-f']);
    expect(exitCode).toBe(3);
    expect(out).toMatch(/ one\n.* two\n/);
    expect(out).toContain('triage failed: ');
  });

  it.each([
    [['logs', 'nobody'], 'NOT_FOUND: There is no run and no agent "nobody".'],
    [['logs', 'triage', '--lines', '0'], '--lines 0 is not a whole number'],
    [['logs', 'triage', '--lines', 'some'], '--lines some is not a whole number'],
    [['logs', 'triage', '--grep', '('], 'is not a regular expression'],
    [['logs', 'triage', '-f', '--grep', 'x'], 'exclude each other'],
  ])('refuses %j', async (args, said) => {
    const { steer } = await running();
    expect(await steer(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining(said) });
  });
});

describe('drover agents, pause and resume', () => {
  it('list agents with what each waits for', async () => {
    const { steer } = await running();
    const { out } = await steer(['agents', 'ls']);
    expect(out).toMatch(/^triage {2}1 of 1 {2}0 +0 +1 of its 1 slots are taken$/m);
    expect((await steer(['agents', 'ls', '--json'])).json().agents).toHaveLength(1);
  });

  it('hold and let go, and say whether that changed anything', async () => {
    const { steer, world } = await running();
    const out = async (...args: string[]) => {
      await world.advance(1_000);
      return (await steer(args)).out.split('\n')[0];
    };
    expect(await out('agents', 'pause', 'triage')).toBe('triage is paused');
    expect(await out('agents', 'pause', 'triage')).toBe('triage was paused already');
    expect(await out('agents', 'resume', 'triage')).toBe('triage goes on');
    expect(await out('agents', 'resume', 'triage')).toBe('triage was not paused');
    expect(await out('pause')).toBe('the project is paused');
    expect(await out('pause')).toBe('the project was paused already');
    expect(await out('resume')).toBe('the project goes on');
    expect(await out('resume')).toBe('the project was not paused');
  });

  it('hold none of several where one is not there', async () => {
    const { steer } = await running();
    expect((await steer(['agents', 'pause', 'triage', 'nobody'])).exitCode).toBe(2);
    expect((await steer(['agents', 'ls', '--json'])).json().agents[0].paused).toBeNull();
  });
});

describe('drover locks', () => {
  it('lists who holds what, and takes it away', async () => {
    const { steer, run, world } = await running();
    expect((await steer(['locks', 'ls'])).out).toBe('nobody holds a lock\n');
    const at = new Date(world.ports.clock.now());
    const until = new Date(at.getTime() + 600_000);
    const data = {
      key: 'deploy://api',
      summary: '',
      holder: run,
      agent: 'triage',
      fence: 7,
      takenAt: at,
      since: at,
      until,
      last: null,
      dueAt: null,
    };
    await world.ports.documents.commit([{ op: 'create', path: lockPath(data.key), data }]);
    expect((await steer(['locks', 'ls'])).out).toMatch(
      new RegExp(`^deploy://api  ${run}  in 10 min  now +7$`, 'm'),
    );
    expect((await steer(['locks', 'break', 'deploy://api'])).out).toBe(
      `deploy://api was taken from ${run}\n`,
    );
    expect((await steer(['locks', 'break', 'deploy://api'])).out).toBe(
      'nobody held deploy://api\n',
    );
  });

  it('takes no lock from a run that got it after the command began', async () => {
    const asked: unknown[] = [];
    const at = '2026-03-01T12:00:00.000Z';
    const held = {
      key: 'k',
      holder: 'a-1',
      agent: 'a',
      fence: 7,
      takenAt: at,
      until: at,
      waiting: [],
    };
    const steer = steerAt(async (_input, init) => {
      const isList = init?.method === 'GET';
      if (!isList) asked.push(JSON.parse(String(init?.body)));
      return Response.json(isList ? { locks: [held] } : { outcome: 'free', holder: null });
    });
    expect((await steer(['locks', 'break', 'k'])).out).toBe('a-1 does not hold k any more\n');
    expect((await steer(['locks', 'break', 'other'])).out).toBe('nobody held other\n');
    expect((await steer(['locks', 'break', 'k', '--fence', '6'])).out).toBe(
      'nobody held k by the fence 6\n',
    );
    expect((await steer(['locks', 'break', 'k', '--fence', '0'])).err).toContain(
      'WRONG_COMMAND_LINE: ',
    );
    expect(asked).toEqual([
      { key: 'k', fence: 7 },
      { key: 'other', fence: 0 },
      { key: 'k', fence: 6 },
    ]);
  });
});

describe('drover deliveries', () => {
  it('lists them, shows one, and writes its body as it came', async () => {
    const { steer, run } = await running();
    expect((await steer(['deliveries', 'ls'])).out).toMatch(
      /^github:d1 +3 s ago +issues\.labeled started triage$/m,
    );
    expect((await steer(['deliveries', 'ls', '--outcome', 'nothing'])).out).toBe(
      'there are no such deliveries\n',
    );
    const directory = directoryWith({});
    const { out } = await steer(['deliveries', 'get', 'github:d1', '--body', 'body.json'], {
      directory,
    });
    expect(out).toContain(`${run} of triage`);
    expect(readFileSync(join(directory, 'body.json'), 'utf8')).toBe('{"deliveryId":"d1"}');
  });

  it('says what would become of one, and does it', async () => {
    const { steer, world } = await running();
    const dry = await steer(['deliveries', 'dry-run', 'github:d1']);
    expect(dry.out).toContain('a replay starts them');
    expect(dry.out).toMatch(/^triage +starts$/m);
    expect(await world.runs()).toHaveLength(1);
    const { out } = await steer(['deliveries', 'replay', 'github:d1', '--agent', 'triage']);
    expect(out).toMatch(/^triage-\w{8} of triage is admitted\n/);
    expect(await world.runs()).toHaveLength(2);
  });

  it('says what would become of one that nobody sent', async () => {
    const { steer } = await running();
    const fixture = {
      headers: { 'x-github-event': 'issues', 'x-github-delivery': 'x' },
      body: { action: 'labeled' },
    };
    const directory = directoryWith({ 'issue.json': JSON.stringify(fixture) });
    const args = ['deliveries', 'dry-run', '--fixture', 'issue.json', '--source', 'github'];
    expect((await steer(args, { directory })).out).toMatch(/^triage +starts triage-\w{8}$/m);
    const other = await steer([...args.slice(0, -1), 'nobody'], { directory });
    expect(other.out).toContain('it is refused: unknown webhook source: nobody');
    writeFileSync(join(directory, 'issue.json'), '{');
    expect((await steer(args, { directory })).err).toContain('issue.json cannot be read as JSON');
  });

  it.each([
    [['deliveries', 'get', 'github:absent'], 'There is no delivery github:absent.'],
    [['deliveries', 'get', 'no id at all'], 'Nothing there can have the name "no id at all".'],
    [['deliveries', 'get', 'github:absent', '--body', 'x'], 'There is no delivery github:absent.'],
    [['deliveries', 'dry-run'], 'Name a delivery, or a file with --fixture.'],
    [['deliveries', 'dry-run', '--fixture', 'x'], 'go together'],
    [['deliveries', 'ls', '--outcome', 'well'], 'neither ran nor nothing'],
  ])('refuse %j', async (args, said) => {
    const { steer } = await running();
    expect(await steer(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining(said) });
  });
});

describe('a name that means something in a path', () => {
  it.each([
    ['runs', 'kill', '../agents/triage'],
    ['runs', 'get', ''],
    ['runs', 'retry', '..'],
    ['agents', 'pause', 'triage', '../project'],
    ['deliveries', 'replay', 'github:a/../../x'],
    ['logs', 'a?b'],
    ['run', '%2e%2e'],
  ])('is asked for nowhere: %s %s %s', async (...args) => {
    const { steer, control, run, world } = await running();
    expect(await steer(args)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('NOT_FOUND: Nothing there can have the name '),
    });
    expect((await control.get('/v1/audit')).json.entries).toEqual([]);
    expect((await world.run(run)).stop).toBeNull();
  });
});

describe('what is shown on a narrow terminal', () => {
  it('is no wider than that, but for a name, a command or an address that must stay whole', async () => {
    const { steer, run } = await running();
    const whole = /https:\/\/|drover |github:d1|sha256/;
    for (const args of [
      ['runs', 'ls'],
      ['runs', 'get', run, '--journal'],
      ['runs', 'explain', run],
      ['agents', 'ls'],
      ['locks', 'ls'],
      ['deliveries', 'ls'],
      ['deliveries', 'get', 'github:d1'],
      ['deliveries', 'dry-run', 'github:d1'],
    ]) {
      for (const columns of [40, 80]) {
        const { out } = await steer(args, { columns });
        const wide = out.split('\n').filter((line) => line.length > columns && !whole.test(line));
        expect([args, columns, wide]).toEqual([args, columns, []]);
      }
    }
  });
});

describe('whoever may only look', () => {
  it('sees everything and changes nothing', async () => {
    const { steer, run, world } = await running();
    const key = keys.viewer;
    expect((await steer(['runs', 'explain', run], { key })).exitCode).toBe(0);
    for (const args of [
      ['runs', 'kill', run],
      ['pause'],
      ['run', 'triage'],
      ['locks', 'break', 'k'],
    ]) {
      const { exitCode, err } = await steer(args, { key });
      expect([exitCode, err]).toEqual([
        2,
        expect.stringContaining('key:viewer is a viewer, who may only look'),
      ]);
    }
    expect((await world.run(run)).stop).toBeNull();
  });

  it('is told nothing with a wrong key, and never shown it', async () => {
    const { steer } = await running();
    const { exitCode, err, out } = await steer(['runs', 'ls'], { key: 'a-wrong-key' });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('CONTROL_REFUSED: ')]);
    expect(err + out).not.toContain('a-wrong-key');
  });
});
