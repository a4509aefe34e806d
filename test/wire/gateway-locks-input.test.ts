import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Answer, answer, lockGateway } from '../locks/gateway.ts';
import { loseRun } from '../locks/runs.ts';

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ dev: {} }) });
});
afterAll(() => drover.close());
const { ask, get, newRun, newKey, locks } = lockGateway(() => drover);

const posts = ['/locks/acquire', '/locks/release', '/locks/heartbeat'];

describe.each(posts)('%s', (path) => {
  /** Holds that no lock changed. */
  const changesNothing = async (body: unknown): Promise<Answer> => {
    const before = await locks();
    const answered = await ask(path, body);
    expect(await locks()).toEqual(before);
    return answered;
  };

  it.each<[what: string, body: unknown, error: string]>([
    ['JSON before all', '{"secret":', 'invalid JSON body'],
    ['an object', 'null', 'invalid JSON body'],
    ['no list', '[]', 'invalid JSON body'],
    ['a secret before a key', { resourceKey: 7 }, 'missing secret'],
    ['a secret that is a text', { secret: 7, resourceKey: 'x:1' }, 'missing secret'],
    ['a secret that is not empty', { secret: '', resourceKey: 'x:1' }, 'missing secret'],
    ['a key', { secret: 'x' }, 'missing resourceKey'],
    ['a key that is a text', { secret: 'x', resourceKey: ['x:1'] }, 'missing resourceKey'],
    ['a key that is not empty', { secret: 'x', resourceKey: '' }, 'missing resourceKey'],
    [
      'a key that is a URI before it looks at the secret',
      { secret: 'x', resourceKey: 'issue-42' },
      'Invalid URI format: Invalid URL',
    ],
    [
      'a key that a page can show',
      { secret: 'x', resourceKey: `x:${'a'.repeat(4_096)}` },
      'resourceKey of 4098 bytes is over the limit of 4096',
    ],
  ])('asks for %s', async (_what, body, error) => {
    expect(await changesNothing(body)).toEqual(answer(400, { error }));
  });

  it('refuses a secret that is nobody’s, of another run, or of a run that is over', async () => {
    const [one, other, resourceKey] = [await newRun(), await newRun(), newKey()];
    await ask('/locks/acquire', { secret: one.secret, resourceKey });
    const forged = `${one.id}.${other.secret.slice(other.id.length + 1)}`;
    await loseRun(drover.cloud, other.id);
    for (const secret of ['x', forged, `${one.secret} `, other.secret]) {
      const answered = await changesNothing({ secret, resourceKey });
      expect(answered).toEqual(answer(403, { error: 'invalid secret' }));
    }
  });

  it('refuses more than a container has to say with 413', async () => {
    const { secret } = await newRun();
    const body = { secret, resourceKey: newKey(), padding: 'a'.repeat(256 * 1_024) };
    expect((await changesNothing(body)).status).toBe(413);
  });

  it('is not there for GET', async () => {
    expect((await get(path)).status).toBe(404);
  });

  it('answers whatever comes with what is wrong about it, and changes nothing', async () => {
    const field = fc.oneof(fc.jsonValue(), fc.string(), fc.webUrl());
    const request = fc.record(
      { secret: field, resourceKey: field, ttl: field },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.jsonValue()), async (body) => {
        const answered = await changesNothing(body);
        expect([400, 403]).toContain(answered.status);
        expect(JSON.parse(answered.text)).toEqual({ error: expect.any(String) });
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(['/locks/acquire', '/locks/heartbeat'])('the ttl of %s', (path) => {
  const error = 'ttl must be a number of seconds above 0 and at most 86400';

  it.each(['0', '-1', '86400.001', '1e300', '1e999', '"60"', '"abc"', 'true', '[60]', '{}'])(
    'may not be %s',
    async (ttl) => {
      const [{ secret }, resourceKey] = [await newRun(), newKey()];
      const body = `{"secret":"${secret}","resourceKey":"${resourceKey}","ttl":${ttl}}`;
      expect(await ask(path, body)).toEqual(answer(400, { error }));
    },
  );

  it.each(['0.001', '1', '86400', 'null'])('may be %s', async (ttl) => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    await ask('/locks/acquire', { secret, resourceKey });
    const body = `{"secret":"${secret}","resourceKey":"${resourceKey}","ttl":${ttl}}`;
    expect((await ask(path, body)).status).toBe(200);
  });

  it('is looked at after the fields, and before the key is parsed', async () => {
    expect(await ask(path, { secret: 'x', ttl: 0 })).toEqual(
      answer(400, { error: 'missing resourceKey' }),
    );
    expect(await ask(path, { secret: 'x', resourceKey: 'issue-42', ttl: 0 })).toEqual(
      answer(400, { error }),
    );
  });
});

describe('a resource key', () => {
  it.each([
    'github://acme/app/issues/1',
    'deploy://api',
    'urn:isbn:1',
    'foo:bar',
    'foo:',
    'localhost:8080',
    'file:///',
    'https:foo',
    'x://%zz',
    'github://acme/a b',
    'GITHUB://acme/app/issues/1',
    'C:\\x',
    ' foo:bar ',
  ])('that is %j is a lock of its own', async (resourceKey) => {
    const { secret } = await newRun();
    const granted = answer(200, { ok: true, resourceKey, fence: 1 });
    expect(await ask('/locks/acquire', { secret, resourceKey })).toEqual(granted);
    const released = answer(200, { ok: true });
    expect(await ask('/locks/release', { secret, resourceKey })).toEqual(released);
  });

  it.each([
    'issue-42',
    '/abs/path',
    '//a',
    '1a:b',
    'a_b://x',
    'http://',
    'deploy://api prod',
    'x://a:99999',
    'github://a:b/c',
    'x://[::1',
  ])('that is %j is none', async (resourceKey) => {
    const { secret } = await newRun();
    const refused = answer(400, { error: 'Invalid URI format: Invalid URL' });
    expect(await ask('/locks/acquire', { secret, resourceKey })).toEqual(refused);
  });

  it('that is any text at all is a lock, or is refused for what it is', async () => {
    const { secret } = await newRun();
    const text = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.webUrl());
    const scheme = fc.constantFrom('', 'x:', 'x://', 'http://', 'file:', ' ');
    await fc.assert(
      fc.asyncProperty(scheme, text, async (prefix, rest) => {
        const resourceKey = prefix + rest;
        const answered = await ask('/locks/acquire', { secret, resourceKey });
        const isKey = URL.canParse(resourceKey);
        expect(answered.status).toBe(isKey ? 200 : 400);
        const body = JSON.parse(answered.text) as { resourceKey?: string };
        expect(body.resourceKey).toBe(isKey ? resourceKey : undefined);
      }),
      { numRuns: 80 },
    );
  });

  it('that no UTF-8 can hold is taken for what it is read as', async () => {
    const { secret } = await newRun();
    const body = `{"secret":"${secret}","resourceKey":"x:half-\\ud83d"}`;
    const granted = answer(200, { ok: true, resourceKey: 'x:half-\ufffd', fence: 1 });
    expect(await ask('/locks/acquire', body)).toEqual(granted);
  });
});
