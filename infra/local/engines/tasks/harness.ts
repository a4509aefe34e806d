import { memoryStore, type Store } from '../engine.ts';
import { createTasksEngine, type NewTask, type QueueConfig } from './index.ts';

/** The queue that tests of the engine work on. */
export const queue = 'projects/demo/locations/europe-west1/queues/wake';

export const request: NewTask = { url: 'http://127.0.0.1:8080/', body: Buffer.from('hi') };

/** An engine with one queue under a clock that tests set. `restart` gives the next process's engine on the same store. */
export function harness(config: Omit<QueueConfig, 'name'> = {}, nameWindowMs = 3_600_000) {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const store: Store = memoryStore();
  let seed = 0;
  const random = (): number => {
    seed = (seed * 16_807 + 12_345) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const start = () =>
    createTasksEngine(
      { now: () => clock.now, random, store },
      { queues: [{ name: queue, ...config }], nameWindowMs },
    );
  return { clock, store, engine: start(), restart: start };
}
