import type { World } from '../world.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Span } from './lock-trail.ts';
import type { Schedule } from './schedule.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  schedule: Schedule;
  check(look: () => void): void;
  note(text: string): void;
}

/** What the control API answered. */
export interface Told<T> {
  status: number;
  /** Its JSON; what was asked for where the status is 200. */
  body: T;
  span: Span;
}

/** What somebody wants of the control API. */
export interface Wish {
  /** In a few words: `pause agent-0`. */
  what: string;
  path: string;
  body?: { [field: string]: unknown };
  headers?: { [name: string]: string };
}

/** Asks the control API as people and tools do; undefined: no answer came, or "try again". */
export type Tell = <T>(wish: Wish) => Promise<Told<T> | undefined>;

/** The control API as those see it who have an operator's key. */
export function createControl({ world, ledger, schedule, check, note }: Surroundings): Tell {
  let deeds = 0;
  return async <T>({ what, path, body = {}, headers = {} }: Wish) => {
    deeds += 1;
    note(`somebody wants to ${what}`);
    const [from, askedAt] = [ledger.commits(), schedule.now()];
    try {
      const { status, text } = await world.request('control', path, {
        method: 'POST',
        headers: { ...world.credentials.operator, 'x-drover-why': `deed ${deeds}`, ...headers },
        body: JSON.stringify(body),
      });
      note(`${what}: ${status} ${text}`);
      check(() => hold(status !== 500, 'bugs', `${what} was answered with 500`));
      if (status === 500 || status === 503) return undefined;
      const span = { from, to: ledger.commits(), askedAt, answeredAt: schedule.now() };
      return { status, body: JSON.parse(text) as T, span };
    } catch (error) {
      note(`${what}: no answer (${error instanceof Error ? error.message : error})`);
      return undefined;
    }
  };
}
