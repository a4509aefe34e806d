import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Fate, keepHistory } from '../../test/locks/history.ts';
import { type Asked, judgeAnswer, judgeSteps } from '../../test/locks/judge.ts';
import { killRun, loseRun, putRun } from '../../test/locks/runs.ts';
import { projectOf } from '../../test/project.ts';
import { createSchedule } from '../../test/sim/schedule.ts';
import { createWorld } from '../../test/world.ts';
import { acquireLock } from './acquire.ts';
import { breakLock } from './break.ts';
import { keepLock } from './heartbeat.ts';
import { releaseLock } from './release.ts';
import { sweepLocks } from './sweep-locks.ts';

const runs = ['dev-a', 'dev-b', 'dev-c'];
const keys = ['x:1', 'x:2', 'x:3'];
const start = Date.parse('2026-03-01T12:00:00Z');

const run = fc.constantFrom(...runs);
const key = fc.constantFrom(...keys);
const ttl = fc.constantFrom(1, 60, 1_800, 86_400);
/** Seconds around the ends of locks and of waiting. */
const pause = fc.constantFrom(1, 59, 60, 61, 121, 1_800, 86_400);

/** What a container asks, one after another. Two lists may be of one run. */
const asking = fc.record({
  run,
  skewMs: fc.constantFrom(0, -600_000, 600_000),
  verbs: fc.array(
    fc.record({ verb: fc.constantFrom('acquire', 'acquire', 'release', 'keep'), key, ttl }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** What happens beside it. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('time' as const), seconds: pause }),
  fc.record({ what: fc.constant('killed' as const), run }),
  fc.record({ what: fc.constant('lost' as const), run }),
  fc.record({ what: fc.constant('broken' as const), key }),
  fc.record({ what: fc.constant('sweep' as const) }),
);

const fates = fc.array(
  fc.constantFrom<Fate>('answered', 'answered', 'answered', 'refused', 'unanswered'),
  { maxLength: 30 },
);

async function begin(scheduler: fc.Scheduler, fateList: readonly Fate[]) {
  const schedule = createSchedule(start);
  const world = await createWorld({ project: projectOf({ dev: {} }), schedule });
  const secrets: { [run: string]: string } = {};
  for (const id of runs) secrets[id] = await putRun(world.ports, id);
  const history = await keepHistory({
    ports: world.ports,
    schedule,
    turn: (what) => scheduler.schedule(Promise.resolve(), what),
    fates: fateList,
  });
  const asked: Asked[] = [];
  const ask = async (
    id: string,
    key: string,
    question: (request: { secret: string; key: string }) => Promise<Asked['answer']>,
  ): Promise<Asked['answer']> => {
    const from = history.moments.length - 1;
    const answer = await question({ secret: secrets[id] ?? '', key });
    asked.push({ run: id, key, answer, from, to: history.moments.length - 1 });
    return answer;
  };
  return { ...world, history, asked, ask };
}

it('gives each lock to one living run at a time, under growing fences, and answers with what is true', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(asking, { minLength: 2, maxLength: 4 }),
      fc.array(happening, { maxLength: 5 }),
      fates,
      async (scheduler, askings, happenings, fateList) => {
        const { history, releases, asked, ask } = await begin(scheduler, fateList);
        const { portsOf, passTime, moments } = history;
        const containers = askings.map(async ({ run, skewMs, verbs }) => {
          const ports = portsOf(run, skewMs);
          for (const { verb, key, ttl } of verbs) {
            await ask(run, key, (request) => {
              if (verb === 'release') return releaseLock(ports, request);
              const act = verb === 'keep' ? keepLock : acquireLock;
              return act(ports, releases, { ...request, ttl });
            });
          }
        });
        const world = (async () => {
          for (const event of happenings) {
            if (event.what === 'time') await passTime(event.seconds * 1_000);
            if (event.what === 'killed') await killRun(portsOf('ending', 0), event.run);
            // Whoever is refused these comes again later, or not at all.
            if (event.what === 'lost') {
              await loseRun(portsOf('ending', 0), event.run).catch(() => {});
            }
            if (event.what === 'broken') {
              await breakLock(portsOf('operator', 0), event.key, { who: 'mara', why: 'stuck' });
            }
            if (event.what === 'sweep') await sweepLocks(portsOf('sweep', 0)).catch(() => {});
          }
        })();
        await scheduler.waitFor(Promise.allSettled([...containers, world]));
        await Promise.all([...containers, world]);
        expect(judgeSteps(moments)).toEqual([]);
        expect(asked.flatMap((one) => judgeAnswer(one, moments))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

it('tells of no ring that was not there, all of it, at one time', async () => {
  const verb = fc.constantFrom('acquire', 'acquire', 'acquire', 'release');
  const one = fc.record({
    run,
    verbs: fc.array(fc.record({ verb, key: fc.constantFrom('x:1', 'x:2') }), {
      minLength: 4,
      maxLength: 8,
    }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(one, { minLength: 3, maxLength: 4 }),
      async (scheduler, askings) => {
        const { history, releases, asked, ask } = await begin(scheduler, []);
        const containers = askings.map(async ({ run, verbs }) => {
          const ports = history.portsOf(run, 0);
          for (const { verb, key } of verbs) {
            await ask(run, key, (request) =>
              verb === 'release'
                ? releaseLock(ports, request)
                : acquireLock(ports, releases, request),
            );
          }
        });
        await scheduler.waitFor(Promise.all(containers));
        expect(asked.flatMap((one) => judgeAnswer(one, history.moments))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

it('finds a ring of runs that wait for each other, whoever closes it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 3 }),
      fates,
      async (scheduler, size, fateList) => {
        const { history, releases, asked, ask } = await begin(scheduler, fateList);
        const ring = runs.slice(0, size).map((id, index) => ({
          id,
          has: keys[index] ?? '',
          wants: keys[(index + 1) % size] ?? '',
          ports: history.portsOf(id, 0),
        }));
        const acquire = (which: 'has' | 'wants') =>
          scheduler.waitFor(
            Promise.all(
              ring.map((one) =>
                ask(one.id, one[which], (request) => acquireLock(one.ports, releases, request)),
              ),
            ),
          );
        await acquire('has');
        const answers = await acquire('wants');
        expect(answers.map(({ outcome }) => outcome)).toContain('deadlock');
        expect(asked.flatMap((one) => judgeAnswer(one, history.moments))).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
