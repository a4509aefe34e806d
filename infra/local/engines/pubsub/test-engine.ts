import { EngineError, memoryStore, type Store } from '../engine.ts';
import { createPubSubEngine, type PubSubEngine, type PubSubOptions } from './engine.ts';
import type { NewMessage, Push, Subscription } from './types.ts';

export const topic = 'projects/demo/topics/logs';
export const dead = 'projects/demo/topics/dead';
const wide = { window: { initial: 100, max: 100 } };
export const day = 24 * 3600 * 1000;

export const subscription = (changes: Partial<Subscription> = {}): Subscription => ({
  name: 'projects/demo/subscriptions/logs-push',
  topic,
  endpoint: 'http://127.0.0.1:8080/logs',
  ackDeadlineSeconds: 10,
  retry: { minimumSeconds: 1, maximumSeconds: 4 },
  ...changes,
});

export const message = (text = 'x'): NewMessage => ({ data: Buffer.from(text), attributes: {} });

export const refusal = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return 'accepted';
};

export function setup(options: PubSubOptions = wide) {
  let time = Date.parse('2026-11-21T10:00:00Z');
  let draws: number[] = [];
  const store: Store = memoryStore();
  const open = (): PubSubEngine =>
    createPubSubEngine({ now: () => time, random: () => draws.shift() ?? 0.99, store }, options);
  const engine = open();
  engine.createTopic(topic);
  return {
    engine,
    store,
    open,
    now: () => time,
    advance: (ms: number) => {
      time += ms;
    },
    /** The next random numbers; 0.99 afterwards. */
    draw: (...numbers: number[]) => {
      draws = numbers;
    },
  };
}

export const texts = (pushes: Push[]): string[] =>
  pushes.map(({ message: { data } }) => Buffer.from(data, 'base64').toString());
