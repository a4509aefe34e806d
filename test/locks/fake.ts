import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import type { Documents } from '../../shared/ports/index.ts';
import { publish } from '../../shared/projects/publish.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { projectOf } from '../project.ts';
import { cloudSettings } from '../sim/place.ts';
import { type Chance, chance } from '../sim/random.ts';
import { createSchedule } from '../sim/schedule.ts';
import { type Moments, watchMoments } from './moments.ts';
import { createInstants, type Stage } from './stage.ts';

/** When every history on the fake begins. */
export const fakeStart = Date.parse('2026-03-01T12:00:00Z');

/** A stage that remembers how everything stood after each commit. */
export interface FakeStage extends Stage {
  moments: Moments;
}

/**
 * The engines of the local cloud in this thread, under a clock that stands still until it is moved. One call of Firestore
 * happens at a time, and chance says which is next: the same seed gives the same history.
 *
 * @param spoil Makes a worse Firestore of it. Default: it stays what it is.
 */
export async function fakeStage(
  seed: number,
  spoil: (documents: Documents) => Documents = (documents) => documents,
): Promise<FakeStage> {
  const schedule = createSchedule(fakeStart);
  const dice = chance(seed);
  const { project } = cloudSettings;
  const context = { now: schedule.now, random: dice.fraction, store: memoryStore() };
  const documents = spoil(inProcessDocuments(createFirestoreEngine(context, { project })));
  const ports = {
    // Locks need nothing else of the cloud.
    ...cloudPorts(cloudSettings, { info: () => {}, warn: () => {}, error: () => {} }),
    documents,
    clock: { now: schedule.now, sleep: async () => {} },
    random: {
      bytes: (length: number) => Uint8Array.from({ length }, () => dice.between(0, 255)),
      fraction: dice.fraction,
    },
  };
  await publish(ports, projectOf({ dev: {} }));
  const instant = createInstants(schedule.now);
  const moments = watchMoments(documents, instant);
  const { turn, play } = createTurns(dice);
  // Where they take none, locks are asked for in the very millisecond in which they lapse.
  const callsTakeTime = dice.happens(0.7);

  const taking = async <T>(call: () => Promise<T>): Promise<T> => {
    await turn();
    if (callsTakeTime) schedule.moveTo(schedule.now() + dice.between(0, 2));
    return call();
  };
  return {
    ports: {
      ...ports,
      documents: {
        get: (path, tellTime) => taking(() => documents.get(path, tellTime)),
        query: (query, tellTime) => taking(() => documents.query(query, tellTime)),
        count: (query, tellTime) => taking(() => documents.count(query, tellTime)),
        commit: (writes, tellTime) =>
          taking(async () => {
            const versions = await documents.commit(writes, tellTime);
            await moments.remember();
            return versions;
          }),
      },
    },
    documents,
    releases: createReleases(ports),
    nameOf: (name) => name,
    instant,
    moments,
    pass: (ms) =>
      taking(async () => {
        schedule.moveTo(schedule.now() + ms);
        await moments.remember();
      }),
    // It waits for a turn of its own; what it comes to concerns nobody.
    later: (act) => void act().catch(() => {}),
    play: async (work) => {
      await moments.remember();
      await play(work);
    },
  };
}

/** Everybody waits for a turn, and chance says whose is next. */
function createTurns(dice: Chance) {
  const waiting: (() => void)[] = [];
  return {
    turn: (): Promise<void> => new Promise((resolve) => void waiting.push(resolve)),
    play: async (work: Promise<unknown>): Promise<void> => {
      let isDone = false;
      const done = work.finally(() => {
        isDone = true;
      });
      // A promise that fails before it is waited for would end the process.
      done.catch(() => {});
      for (;;) {
        // Nobody waits for anything real: an immediate comes when no promise has anything left to do.
        await new Promise((resolve) => void setImmediate(resolve));
        if (isDone) return void (await done);
        const [next] = waiting.splice(dice.between(0, waiting.length - 1), 1);
        if (!next) throw new Error('everybody waits, and nobody for a turn');
        next();
      }
    },
  };
}
