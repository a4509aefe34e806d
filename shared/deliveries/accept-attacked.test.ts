import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { chance } from '../../test/sim/random.ts';
import { createWorld, type World } from '../../test/world.ts';
import { Retryable } from '../errors.ts';
import { CloudError, hasCode, type Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { deliveryOf } from '../runs/trigger.ts';
import { providerOf } from '../webhooks/providers.ts';
import { type Acceptance, accept } from './accept.ts';
import { readBody } from './body.ts';
import type { Delivery, Incoming } from './delivery.ts';
import { payloadOf } from './payload.ts';
import { type Replayed, replayDelivery } from './replay.ts';

/** Ports whose commits and tasks fail as `seed` has it: refused, or done and not answered. Reads go well. */
function failing(ports: Ports, seed: number, rate: number): Ports {
  const { happens } = chance(seed);
  const away = () => new CloudError('unavailable', 'the connection broke');
  const risky = async <T>(call: () => Promise<T>): Promise<T> => {
    if (happens(rate)) throw away();
    const answer = await call();
    if (happens(rate)) throw away();
    return answer;
  };
  return {
    ...ports,
    documents: {
      ...ports.documents,
      commit: (writes) => risky(() => ports.documents.commit(writes)),
    },
    tasks: { ...ports.tasks, enqueue: (wakeUp) => risky(() => ports.tasks.enqueue(wakeUp)) },
  };
}

const opened = onGithub({ actions: ['opened'] });
const project = projectOf({
  every: {},
  opened: { webhooks: [opened, onGithub({ events: ['*'] })] },
});

/** What comes of any JSON at all, read as GitHub's. */
function incoming(payload: unknown, deliveryId: string | null): Incoming {
  const body = Buffer.from(JSON.stringify(payload));
  const headers = { 'x-github-event': 'issues', 'x-github-delivery': 'any' };
  const source = { type: 'github', secrets: [], allowUnsigned: true, options: {} };
  const reading = providerOf('github')?.read({ headers, body }, payload, source, 0);
  if (reading?.kind !== 'event') throw new Error('no event');
  return {
    sources: ['github'],
    deliveryId,
    context: reading.context,
    payload,
    body,
    contentType: 'application/json',
    isSigned: false,
  };
}

const wild = fc.string({ unit: 'binary', maxLength: 300 });
const id = fc.option(fc.oneof(wild, fc.constantFrom('', '/', '..', '__x__', 'sha256-1')), {
  nil: null,
});
const huge = wild.map((text) => `${text}\u{1f404}`.repeat(100));
const payload = fc.record(
  {
    action: fc.constantFrom('opened', 'closed'),
    issue: fc.record({
      title: huge,
      body: huge,
      labels: fc.array(fc.record({ name: huge }), { maxLength: 120 }),
    }),
    repository: fc.record({ full_name: wild }),
    sender: fc.record({ login: huge }),
    other: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

async function publishedOf(world: World) {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  return published;
}

/** Holds that an answer names what is there: the delivery, its body, and its runs. */
async function isRecorded(world: World, { delivery, runs }: Acceptance, sent: Incoming) {
  const path = `deliveries/${delivery}`;
  const kept = await world.ports.documents.get<Delivery>(path);
  expect(kept?.data.runs).toEqual(runs);
  const body = kept && (await readBody(world.ports, path, kept.data.body));
  // As its JSON says: there is no -0 in it.
  const said: unknown = JSON.parse(Buffer.from(sent.body).toString());
  expect(body && payloadOf(body, 'application/json')).toEqual(said);
  for (const [agent, run] of Object.entries(runs)) {
    expect(await world.run(run)).toMatchObject({ agent, trigger: { delivery } });
  }
}

/** Holds that no agent has two runs of one delivery by the same kind of trigger. */
async function hasOneRunEach(world: World): Promise<void> {
  const found = await world.ports.documents.query<Run>({ collection: 'runs', limit: 1_000 });
  const works = found.map(({ data: { agent, trigger } }) => `${agent} ${deliveryOf(trigger)}`);
  expect(works).toHaveLength(new Set(works).size);
}

describe('accepting, attacked', () => {
  it('takes any id and any payload, and keeps what it answers', async () => {
    const world = await createWorld({ project });
    const published = await publishedOf(world);
    await fc.assert(
      fc.asyncProperty(payload, id, async (sent, deliveryId) => {
        const request = incoming(sent, deliveryId);
        const first = await accept(world.ports, settings, published, request);
        if (!first.duplicate) await isRecorded(world, first, request);
        const again = await accept(world.ports, settings, published, request);
        expect(again).toMatchObject({
          delivery: first.delivery,
          runs: first.runs,
          duplicate: true,
        });
      }),
      { numRuns: 60 },
    );
    await hasOneRunEach(world);
  });

  it('starts one run an agent however often it comes at once, whatever commits come to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.array(fc.record({ id, senders: fc.integer({ min: 1, max: 6 }) }), { maxLength: 4 }),
        fc.boolean(),
        async (seed, rate, deliveries, isLarge) => {
          const world = await createWorld({ project });
          const published = await publishedOf(world);
          const ports = failing(world.ports, seed, rate);
          const padding = isLarge ? 'x'.repeat(2_000_001) : '';
          const answers = deliveries.flatMap(({ id: deliveryId, senders }, index) => {
            // The same id is the same delivery, whatever it holds.
            const sent = incoming(
              { action: 'opened', index, padding },
              deliveryId === null ? null : `${index}-${deliveryId}`,
            );
            return Array.from({ length: senders }, async () => {
              try {
                return { sent, answer: await accept(ports, settings, published, sent) };
              } catch (error) {
                // The sender is not told that all is well, and may send again.
                expect(error instanceof Retryable || hasCode(error, 'unavailable')).toBe(true);
                return undefined;
              }
            });
          });
          for (const answered of await Promise.all(answers)) {
            if (answered) await isRecorded(world, answered.answer, answered.sent);
          }
          await hasOneRunEach(world);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never has work done twice by redeliveries and one replay at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        async (seed, rate) => {
          const world = await createWorld({ project: projectOf({ dev: { webhooks: [] } }) });
          const sent = incoming({ action: 'opened' }, 'd1');
          await accept(world.ports, settings, await publishedOf(world), sent);
          await world.publish(projectOf({ dev: {} }));
          const published = await publishedOf(world);
          const ports = failing(world.ports, seed, rate);
          const actor = { who: 'mara', why: '' };
          const answers = await Promise.allSettled<Acceptance | Replayed | string>([
            ...Array.from({ length: 3 }, () => accept(ports, settings, published, sent)),
            ...Array.from({ length: 3 }, () =>
              replayDelivery(ports, settings, published, 'github:d1', { actor, key: 'k' }),
            ),
          ]);
          expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
          const triggers = (await world.runs()).map(({ trigger }) => trigger.type);
          // A person's replay is asked for beside a redelivery's run, never in its place; each of the two once.
          expect(triggers).toHaveLength(new Set(triggers).size);
        },
      ),
      { numRuns: 40 },
    );
  });
});
