import { afterAll, describe, expect, it } from 'vitest';
import { removeDirectories } from '../../infra/cli/test-project.ts';
import { droverAt } from '../../infra/steer/drover.ts';
import { followLog } from '../../infra/steer/follow.ts';
import { type Line, tellLines } from '../../infra/steer/read-lines.ts';
import { createSender } from '../../infra/steer/sender.ts';
import { base, steerAt } from './steer.ts';

afterAll(removeDirectories);

/** Something that answers as `answer` says, and the requests that it had. */
function something(answer: (path: string, request: Request) => Response | Promise<Response>) {
  const asked: string[] = [];
  const fetch = async (
    input: Parameters<typeof globalThis.fetch>[0],
    init?: RequestInit,
  ): Promise<Response> => {
    const request = new Request(input, init);
    const path = request.url.slice(base.length);
    asked.push(`${request.method} ${path}`);
    const answered = await answer(path, request);
    Object.defineProperty(answered, 'url', { value: request.url });
    return answered;
  };
  return { asked, fetch, steer: steerAt(fetch) };
}

const json = (status: number, body: unknown, headers: { [name: string]: string } = {}) =>
  Response.json(body, { status, headers });

const refusedBy = (code: string) => {
  const error = new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  return something(() => Promise.reject(error));
};

describe('a control API that is down', () => {
  it.each([
    ['that nobody serves', refusedBy('ECONNREFUSED').steer, 'ECONNREFUSED'],
    ['whose name nobody knows', refusedBy('ENOTFOUND').steer, 'ENOTFOUND'],
    [
      'that is a page of somebody else',
      something(() => new Response('<html>', { status: 502 })).steer,
      '<html>',
    ],
    ['that answers well, and no JSON', something(() => new Response('hello')).steer, 'hello'],
    [
      'that cannot answer now',
      something(() => json(503, { error: 'busy; try again' }, { 'retry-after': '0' })).steer,
      'Busy; try again.',
    ],
  ])(
    'is an error of its own: one %s',
    async (_which, steer, said) => {
      const { exitCode, err } = await steer(['runs', 'ls']);
      expect([exitCode, err]).toEqual([1, expect.stringContaining('CONTROL_UNREACHABLE: ')]);
      expect(err).toContain(said);
      expect(err).toContain('docs/errors/CONTROL_UNREACHABLE.md');
    },
    20_000,
  );

  it('is asked again when it passes by itself, with the same key', async () => {
    const keys = new Set<string | null>();
    let times = 0;
    const { steer, asked } = something((_path, request) => {
      keys.add(request.headers.get('idempotency-key'));
      times += 1;
      return times === 1
        ? json(429, { error: 'slower' }, { 'retry-after': '0' })
        : json(200, { run: 'triage-aaaaaaaa', isNew: true, held: null });
    });
    expect((await steer(['run', 'triage'])).exitCode).toBe(0);
    expect(asked).toHaveLength(2);
    expect(keys.size).toBe(1);
    expect([...keys][0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('fails with a code when it fails itself, and when nothing is published', async () => {
    const broken = something(() => json(500, { error: 'internal error' }));
    expect((await broken.steer(['runs', 'ls'])).err).toContain('CONTROL_FAILED: Internal error.');
    const empty = something(() => json(503, { error: 'no project is published' }));
    expect((await empty.steer(['agents', 'ls'])).err).toContain('NOTHING_PUBLISHED: ');
    expect(empty.asked).toHaveLength(1);
  });

  it('is never followed to another address with the key', async () => {
    const redirects: unknown[] = [];
    const send = createSender({
      name: 'there',
      signal: new AbortController().signal,
      pause: async () => undefined,
      fetch: async (_input, init) => {
        redirects.push(init?.redirect);
        return new Response('{}');
      },
    });
    await send('https://there.test');
    expect(redirects).toEqual(['error']);
  });
});

describe('a control API that is old', () => {
  const old = something((path) =>
    path === '/openapi.json'
      ? json(200, { paths: { '/v1/runs/{run}': {}, '/v1/runs': {} } })
      : json(404, { error: `nothing at GET ${path}` }),
  );

  it('is told from a name that is wrong', async () => {
    const explain = await old.steer(['runs', 'explain', 'triage-aaaaaaaa']);
    expect([explain.exitCode, explain.err]).toEqual([
      2,
      expect.stringContaining('CONTROL_OTHER_VERSION: '),
    ]);
    expect(explain.err).toContain('drover deploy');
    const get = await old.steer(['runs', 'get', 'NO NAME']);
    expect([get.exitCode, get.err]).toEqual([2, expect.stringContaining('NOT_FOUND: ')]);
  });

  it('is found out when its answers lack what is needed', async () => {
    const { steer } = something(() => json(200, { items: [] }));
    for (const args of [
      ['runs', 'ls'],
      ['agents', 'ls'],
      ['locks', 'ls'],
      ['deliveries', 'ls'],
    ]) {
      expect((await steer(args)).err).toContain('CONTROL_OTHER_VERSION: ');
    }
  });

  it('is found out when it does not know the method', async () => {
    const { steer } = something(() =>
      json(405, { error: 'POST is not possible here; there is GET' }),
    );
    expect((await steer(['pause'])).err).toContain('CONTROL_OTHER_VERSION: ');
  });

  it('is found out when it would take a lock from whoever has it', async () => {
    const issues = [{ where: 'body', message: 'Unrecognized key: "fence"' }];
    const { steer } = something((path) =>
      path === '/v1/locks/break'
        ? json(400, { error: 'the request is not as it should be; see issues', issues })
        : json(200, { locks: [] }),
    );
    const { err } = await steer(['locks', 'break', 'k']);
    expect(err).toContain('CONTROL_OTHER_VERSION: ');
  });

  it('tells of the cost as soon as it knows it', async () => {
    const run = {
      id: 'triage-aaaaaaaa',
      agent: 'triage',
      state: 'succeeded',
      summary: 'triage succeeded: well',
      reason: 'completed',
      lastLines: [],
      links: {},
      exitCode: 0,
      signal: null,
    };
    const explanation = {
      delivery: null,
      whyAgent: ['x'],
      whyNow: [],
      stages: [],
      retries: [],
      before: [],
      next: null,
      locks: [],
    };
    const answer = (cost: unknown) =>
      something(() => json(200, { ...explanation, run: { ...run, cost } })).steer([
        'runs',
        'explain',
        run.id,
      ]);
    expect((await answer(undefined)).out).not.toMatch(/^cost/m);
    const cost = {
      compute: 0.0123,
      controlPlane: 0.0000001,
      models: 1.5,
      total: 1.5123,
      day: '2026-03-01',
    };
    expect((await answer(cost)).out).toMatch(
      /^cost +\$1\.51: compute \$0\.01, control plane \$0\.00001, models \$1\.50$/m,
    );
  });
});

describe('a log of a million lines', () => {
  const million = 1_000_000;
  /** A control API with such a log; its places are numbers of lines. */
  const { fetch, asked } = something((path) => {
    const query = new URL(path, base).searchParams;
    const limit = Number(query.get('limit'));
    const [after, before] = [query.get('after'), query.get('before')];
    const begin =
      after === null
        ? Math.max(0, Number(before ?? million) - limit)
        : Number(after === 'start' ? 0 : after);
    const end = Math.min(million, after === null ? Number(before ?? million) : begin + limit);
    const lines = Array.from({ length: end - begin }, (_, n) => ({
      at: '2026-03-01T12:00:00.000000000Z',
      severity: 'INFO',
      text: `${begin + n}`,
    }));
    return json(200, {
      lines,
      after: String(end),
      before: begin === 0 ? null : String(begin),
      more: after !== null && end < million,
    });
  });
  const drover = droverAt(
    { base, key: 'k', name: 'there' },
    { signal: new AbortController().signal, fetch },
  );

  it('is told page by page: none is asked for before the one before was told', async () => {
    let [told, mostUntold] = [0, 0];
    const before = asked.length;
    const place = await tellLines(drover, 'triage-aaaaaaaa', { lines: 'all' }, ({ text }) => {
      mostUntold = Math.max(mostUntold, (asked.length - before) * 2_000 - told);
      if (text !== String(told)) throw new Error(`${text} is not line ${told}`);
      told += 1;
      return true;
    });
    expect([told, mostUntold, place]).toEqual([million, 2_000, String(million)]);
  }, 60_000);

  it('is found back to where many last lines begin without keeping them', async () => {
    const first: string[] = [];
    await tellLines(drover, 'triage-aaaaaaaa', { lines: 100_000 }, ({ text }) => {
      if (first.length === 0) first.push(text);
      return true;
    });
    expect(first).toEqual([String(million - 100_000)]);
  }, 60_000);

  it('is read no further once nobody reads what is told', async () => {
    const before = asked.length;
    let told = 0;
    const place = await tellLines(drover, 'triage-aaaaaaaa', { lines: 'all' }, () => {
      told += 1;
      return told < 10;
    });
    expect([place, told, asked.length - before]).toEqual([undefined, 10, 1]);
  });
});

describe('a log that is followed', () => {
  const line = (n: number) =>
    `event: line\nid: c${n}\ndata: ${JSON.stringify({ at: 'x', severity: 'INFO', text: `${n}` })}\n\n`;
  const end = `event: end\ndata: ${JSON.stringify({ id: 'triage-aaaaaaaa', state: 'succeeded' })}\n\n`;
  /** Connections, each of which says this and is cut then, in pieces that fit no event. */
  const cut = (...connections: string[]) =>
    something(() => {
      const bytes = new TextEncoder().encode(connections.shift() ?? '');
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
          controller.close();
        },
      });
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    });

  it('is taken up where a connection ended, until the run is over', async () => {
    const { fetch, asked } = cut(
      `: nothing new\n\n${line(1)}${line(2)}${line(3).slice(0, 20)}`,
      '',
      `${line(3)}${end}`,
    );
    const pauses: number[] = [];
    const drover = droverAt(
      { base, key: 'k', name: 'there' },
      {
        signal: new AbortController().signal,
        fetch,
        pause: async (ms) => pauses.push(ms),
      },
    );
    const told: Line[] = [];
    const ended = await followLog(drover, 'triage-aaaaaaaa', 'c0', (one) => told.push(one) > 0);
    expect(told.map(({ text }) => text)).toEqual(['1', '2', '3']);
    expect(pauses).toEqual([1_000]);
    expect(ended).toMatchObject({ state: 'succeeded' });
    expect(asked.map((one) => one.split('after=')[1])).toEqual(['c0', 'c2', 'c2']);
  });

  it('is left when whoever reads has gone', async () => {
    const { fetch, asked } = cut(`${line(1)}${line(2)}`, end);
    const drover = droverAt(
      { base, key: 'k', name: 'there' },
      { signal: new AbortController().signal, fetch },
    );
    expect(await followLog(drover, 'triage-aaaaaaaa', undefined, () => false)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
