import { expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld } from '../../test/world.ts';
import { type Clock, hasCode } from '../ports/index.ts';
import { pointerMs } from '../projects/release.ts';
import { rescale } from '../projects/rescale.ts';
import { dispatch } from './dispatch.ts';
import { admit } from './test-runs.ts';
import { createTurns, type Turns } from './turns.ts';

const crowd = 40;
/** A clock that wakes nobody: each waits for whoever is before it. */
const standing: Clock = { now: () => 0, sleep: () => new Promise(() => {}) };

/** What `crowd` dispatches of one agent, all at once, came to: runs launched, and commits that were refused. */
async function dispatchAll(turns?: Turns): Promise<{ launched: number; refused: number }> {
  const project = projectOf({ triage: { timeout: 3_600, scale: 5 } });
  const world = await createWorld({ project });
  for (let n = 1; n <= 20; n += 1) await admit(world.ports, 'triage', n);
  let refused = 0;
  const commit: typeof world.ports.documents.commit = async (writes) => {
    try {
      return await world.ports.documents.commit(writes);
    } catch (error) {
      if (hasCode(error, 'failed_precondition')) refused += 1;
      throw error;
    }
  };
  const ports = { ...world.ports, documents: { ...world.ports.documents, commit } };
  const all = Promise.all(
    Array.from({ length: crowd }, () => dispatch(ports, settings, world.releases, 'triage', turns)),
  );
  let isDone = false;
  void all.then(() => {
    isDone = true;
  });
  while (!isDone) await world.advance(100);
  const launched = (await all).flatMap((done) => done.launched);
  expect(new Set(launched).size).toBe(launched.length);
  return { launched: launched.length, refused };
}

it('a crowd of wake-ups for one agent gets in no way of its own, where they take turns', async () => {
  const alone = await dispatchAll();
  expect(alone.launched).toBe(5);
  // The crowd is one: without turns most of it writes in vain.
  expect(alone.refused).toBeGreaterThanOrEqual(crowd / 2);
  const inTurn = await dispatchAll(createTurns(standing));
  expect(inTurn).toEqual({ launched: 5, refused: 0 });
});

it('a turn that had to be waited for fills by the release that is current when it comes', async () => {
  const project = projectOf({ triage: { timeout: 3_600, scale: 1 } });
  const world = await createWorld({ project });
  for (let n = 1; n <= 3; n += 1) await admit(world.ports, 'triage', n);
  const late: Turns = async (_key, work) => {
    const somebody = { who: 'somebody', why: 'there is more to do' };
    await rescale(world.ports, { agent: 'triage', scale: 3 }, somebody);
    await world.ports.clock.sleep(pointerMs);
    return work();
  };
  await world.releases.current();
  const done = dispatch(world.ports, settings, world.releases, 'triage', late);
  await world.advance(pointerMs);
  expect((await done).launched).toHaveLength(3);
});
