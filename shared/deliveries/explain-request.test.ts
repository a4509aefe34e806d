import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { explainRequest } from './explain-request.ts';
import { readFixture } from './fixture.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const secret = Buffer.from('between us');
const project = projectOf({ dev: { webhooks: [onGithub({ labels: ['agent'] })] } });
const issue = {
  action: 'labeled',
  issue: { number: 7, labels: [{ name: 'agent' }] },
  repository: { full_name: 'acme/pasture' },
  sender: { login: 'octavia' },
};

function requestOf(payload: unknown, headers: { [name: string]: string } = {}) {
  return {
    headers: { 'x-github-event': 'issues', 'x-github-delivery': 'abc-1', ...headers },
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  };
}

const explain = (payload: unknown, headers = {}, source = 'github') =>
  explainRequest(project, source, requestOf(payload, headers), { now });

describe('the explanation of a request', () => {
  it('tells what each agent makes of it, and the run that it would start', async () => {
    const world = await createWorld({ project });
    const explanation = await explain(issue);
    if (explanation.kind !== 'event') throw new Error(explanation.kind);
    expect(explanation).toMatchObject({
      sources: ['github'],
      deliveryId: 'abc-1',
      signature: 'missing',
      context: { event: 'issues', number: 7, labels: ['agent'] },
      agents: { dev: { matches: true, triggers: [{ filters: [{ passes: true }] }] } },
    });
    const started = await world.deliver('abc-1', { labels: ['agent'] });
    expect(started.dev).toBe(explanation.agents.dev?.run);
  });

  it('is the same for a form', async () => {
    const form = `payload=${encodeURIComponent(JSON.stringify(issue))}`;
    const type = { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' };
    expect(await explain(form, type)).toEqual(await explain(issue));
  });

  it('holds the signature against the secret that is given', async () => {
    const { body } = requestOf(issue);
    const right = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const signature = async (header: string, given?: Uint8Array) => {
      const request = requestOf(issue, { 'x-hub-signature-256': header });
      const explanation = await explainRequest(project, 'github', request, { now, secret: given });
      return 'signature' in explanation ? explanation.signature : explanation.kind;
    };
    expect(await signature(right, secret)).toBe('right');
    expect(await signature(right, Buffer.from('other'))).toBe('wrong');
    expect(await signature(right)).toBe('unchecked');
  });

  it('needs no signature where its source takes it without', async () => {
    const open = projectOf({});
    const source = { secrets: [], options: {} };
    open.sources = {
      github: { ...source, type: 'github', allowUnsigned: true },
      test: { ...source, type: 'test', allowUnsigned: false },
    };
    for (const name of ['github', 'test']) {
      const explanation = await explainRequest(open, name, requestOf(issue), { now });
      expect(explanation).toMatchObject({ kind: 'event', signature: 'unneeded' });
    }
  });

  it('is for all sources of a type when a type is asked', async () => {
    const two = projectOf({});
    const { github } = two.sources;
    if (!github) throw new Error('no source');
    two.sources = { first: github, second: github };
    const explanation = await explainRequest(two, 'github', requestOf(issue), { now });
    expect(explanation).toMatchObject({ kind: 'event', sources: ['first', 'second'] });
  });

  it('tells a ping', async () => {
    expect(await explain({ zen: 'Keep it.' }, { 'x-github-event': 'ping' })).toMatchObject({
      kind: 'ping',
    });
  });

  it.each<[string, unknown, object, string, RegExp]>([
    ['an unknown source', issue, {}, 'gitlab', /^unknown webhook source: gitlab; .* github$/],
    ['a source of the prototype', issue, {}, 'constructor', /^unknown webhook source/],
    ['a body that is no JSON', '{', {}, 'github', /no JSON object/],
    ['a type that is no JSON', issue, { 'content-type': 'text/plain' }, 'github', /text\/plain/],
    ['a body that is a list', '[]', {}, 'github', /no JSON object/],
    ['a header that is missing', issue, { 'x-github-event': '' }, 'github', /X-GitHub-Event/],
  ])('refuses %s, and says why', async (_, payload, headers, source, why) => {
    const explanation = await explain(payload, headers, source);
    expect(explanation).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });

  it('is an answer for any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.string(), async (json, event) => {
        const { kind } = await explain(json, { 'x-github-event': event });
        expect(['event', 'ping', 'refused']).toContain(kind);
      }),
    );
  });
});

describe('a fixture', () => {
  it('is headers and a body, of which an object stands for its JSON', () => {
    const request = readFixture('{"headers":{"X-GitHub-Event":"push"},"body":{"a":1}}');
    if ('wrong' in request) throw new Error(request.wrong);
    expect(request.headers).toEqual({ 'x-github-event': 'push' });
    expect(Buffer.from(request.body).toString()).toBe('{"a":1}');
  });

  it('has a text as its own bytes', () => {
    const request = readFixture('{"headers":{},"body":"{ }","note":"of Tuesday"}');
    if ('wrong' in request) throw new Error(request.wrong);
    expect(Buffer.from(request.body).toString()).toBe('{ }');
  });

  it.each<[string, string]>([
    ['', 'not JSON'],
    ['{"headers": {}', 'not JSON'],
    ['[]', 'not a list'],
    ['null', 'not null'],
    ['"x"', 'not a text'],
    ['{"headers":{}}', 'body is missing'],
    ['{"headers":{},"body":1}', 'body is a number, not an object or a text'],
    ['{"headers":{},"body":null}', 'body is null, not an object or a text'],
    ['{"header":{},"body":{}}', 'headers is missing, and header is not known'],
    ['{"headers":[],"body":{}}', 'headers is a list, not an object'],
    ['{"headers":{"a":1},"body":{}}', 'headers.a is a number, not a text'],
  ])('is not %j', (text, wrong) => {
    expect(readFixture(text)).toEqual({ wrong: expect.stringContaining(wrong) });
  });

  it('is read or refused, whatever a file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const request = readFixture(text);
        expect('wrong' in request || request.body instanceof Uint8Array).toBe(true);
      }),
    );
  });
});
