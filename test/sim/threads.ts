import { Worker } from 'node:worker_threads';
import type { Ask, Told } from './ask.ts';

/** Threads that live lives. */
export interface Threads {
  /** Lives one life, as soon as a thread is free. Rejects when a thread dies: what is asked for then is not lived any more. */
  live(ask: Ask): Promise<Told>;
  stop(): Promise<void>;
}

interface Waiting {
  ask: Ask;
  resolve(told: Told): void;
  reject(error: unknown): void;
}

/** @param program The compiled program of a thread. */
export function startThreads(count: number, program: URL): Threads {
  const waiting: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  let death: { error: unknown } | undefined;

  const goOn = (worker: Worker): void => {
    busy.delete(worker);
    const next = waiting.shift();
    if (!next) {
      idle.push(worker);
      return;
    }
    busy.set(worker, next);
    worker.postMessage(next.ask);
  };
  const died = (error: unknown): void => {
    death ??= { error };
    for (const { reject } of [...busy.values(), ...waiting.splice(0)]) reject(error);
  };
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(program);
    worker.on('message', (told: Told) => {
      busy.get(worker)?.resolve(told);
      goOn(worker);
    });
    worker.on('error', died);
    return worker;
  });
  idle.push(...workers);

  return {
    live: (ask) =>
      new Promise((resolve, reject) => {
        if (death) return reject(death.error);
        waiting.push({ ask, resolve, reject });
        const worker = idle.shift();
        if (worker) goOn(worker);
      }),
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/**
 * Lives lives in threads, `ahead` at a time, and gives what came of them in the order in which they were asked for, however
 * many threads there are.
 */
export async function* inOrder(
  { live }: Pick<Threads, 'live'>,
  asks: Iterable<Ask>,
  ahead: number,
): AsyncGenerator<Told> {
  const begun: Promise<Told>[] = [];
  for (const ask of asks) {
    const told = live(ask);
    // It is waited for in its turn; until then its failing is no surprise.
    told.catch(() => {});
    begun.push(told);
    const oldest = begun.length >= ahead ? begun.shift() : undefined;
    if (oldest) yield await oldest;
  }
  for (const told of begun) yield await told;
}
