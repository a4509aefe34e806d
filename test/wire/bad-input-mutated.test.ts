import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Run } from '../../shared/runs/run.ts';
import { onGithub, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, issueOpened } from './github.ts';

const never = ['what no event has'];
const runs = 150;

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({
      // Its first run keeps its slot, so that all others are admitted and wait.
      everything: { maxWorkQueueSize: runs * 4 },
      nothing: {
        webhooks: [
          onGithub({ events: never, actions: never, repos: never, orgs: never }),
          onGithub({ labels: never, branches: never, conclusions: never }),
          onGithub({ assignee: ['nobody'], author: ['nobody'], org: ['nobody'] }),
        ],
      },
    }),
    program: () => ({ file: '/bin/sleep', args: ['600'], directory: '/' }),
  });
});
afterAll(() => drover.close());

const { repository, organization, sender, issue } = issueOpened;
const pull = { ...issue, head: { ref: 'door', sha: '0f0f' }, base: { ref: 'main' }, draft: false };

/** What GitHub sends, of each event that is read. */
const payloads: { [event: string]: object } = {
  issues: issueOpened,
  issue_comment: { ...issueOpened, action: 'created', comment: { id: 5, body: 'It does.' } },
  pull_request: { action: 'opened', number: 8, pull_request: pull, repository, sender },
  pull_request_review: {
    action: 'submitted',
    review: { state: 'approved', body: 'Quiet now.' },
    pull_request: pull,
    repository,
    sender,
  },
  push: {
    ref: 'refs/heads/main',
    compare: 'https://github.com/acme/house/compare/a...b',
    head_commit: { id: 'b', message: 'Oil it', author: { name: 'Mara', username: 'mara' } },
    commits: [],
    repository,
    sender,
  },
  workflow_run: {
    action: 'completed',
    workflow_run: {
      name: 'test',
      head_branch: 'main',
      conclusion: 'failure',
      html_url: 'https://github.com/acme/house/actions/runs/1',
      actor: { login: 'mara' },
      pull_requests: [{ number: 8 }],
    },
    repository,
    sender,
  },
  star: { action: 'created', starred_at: '2026-01-01T00:00:00Z', organization, sender },
};

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** JSON texts that stand where something else was expected. */
const oddities = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  fc.constantFrom(
    'null',
    'true',
    '""',
    '-0',
    '7.5',
    '1e999',
    '-1e-999',
    '9007199254740993',
    '123456789012345678901234567890',
    '"\\ud83d"',
    '"\\u0000"',
    '"../../runs/x"',
    '"a/b/c//d"',
    '"__proto__"',
    '"\\u202e\\ufeff"',
    '{"__proto__":{"login":"x"},"constructor":7,"length":-1}',
    '{"length":1e9,"0":{"name":"x"}}',
    '{"toString":null,"valueOf":null,"toJSON":"x"}',
    '[[[[]]]]',
  ),
  fc.integer({ min: 1, max: 3_000_000 }).map((length) => `"${'ab c'.repeat(length / 4)}"`),
  fc.integer({ min: 1, max: 50_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((count) => `[${Array(count).fill('{"name":"bug"}').join()}]`),
);

/** A place of the payload and what is there instead; undefined: nothing. */
type Change = { path: Path; text: string | undefined };

/** The JSON text of `value` with each change made. */
function changed(value: unknown, changes: readonly Change[], path: Path = []): string {
  const here = changes.find((change) => change.path.join('.') === path.join('.'));
  if (here?.text !== undefined) return here.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const removed = ([key]: [string, unknown]): boolean =>
    changes.some(
      ({ path: at, text }) => text === undefined && at.join('.') === [...path, key].join('.'),
    );
  const inner = Object.entries(value)
    .filter((entry) => !removed(entry))
    .map(([key, item]) => [key, changed(item, changes, [...path, key])] as const);
  return Array.isArray(value)
    ? `[${inner.map(([, text]) => text).join()}]`
    : `{${inner.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join()}}`;
}

const mutation = fc.constantFrom(...Object.entries(payloads)).chain(([event, payload]) => {
  const change = fc.record({
    path: fc.constantFrom(...pathsOf(payload).slice(1)),
    text: fc.option(oddities, { nil: undefined, freq: 5 }),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 5 })
    .map((changes) => ({ event, body: changed(payload, changes) }));
});

describe('a signed delivery whose payload is not as GitHub makes it', () => {
  it('is kept and admitted like any other, whatever its fields hold', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(mutation, fc.uuid(), async ({ event, body }, id) => {
        const answer = await deliver(drover, { event, id, body });
        expect(answer.status).toBe(200);
        const path = `deliveries/github:${id}`;
        const kept = await drover.cloud.documents.get<Delivery>(path);
        expect(kept?.data.unmatched).toHaveProperty('nothing');
        const runId = kept?.data.runs.everything;
        const run = await drover.cloud.documents.get<Run>(`runs/${runId}`);
        expect(run?.data.context).toMatchObject({ source: 'github', event });
        expect(JSON.stringify(run?.data).isWellFormed()).toBe(true);
        // A page for people, even so (D11): three texts of 4000 characters, a hundred labels, and some names.
        expect(Buffer.byteLength(JSON.stringify(run?.data))).toBeLessThan(50_000);
      }),
      { numRuns: runs, endOnFailure: true },
    ),
  );

  it('is refused below 500 when bytes of it were exchanged', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.entries(payloads)),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        async ([event, payload], bytes) => {
          const body = Buffer.from(JSON.stringify(payload));
          for (const [at, byte] of bytes) body[at % body.length] = byte;
          const answer = await deliver(drover, { event, body });
          expect([200, 400]).toContain(answer.status);
        },
      ),
      { numRuns: runs, endOnFailure: true },
    ),
  );
});
