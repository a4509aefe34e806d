import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientResponse } from 'hono/client';
import { Failure } from '../cli/errors.ts';
import { controlClient } from '../control-client.ts';
import type { Connection } from './connect.ts';
import { refused } from './refused.ts';
import { createSender, type SenderOptions } from './sender.ts';

/** What a good answer of a route holds. */
export type Good<R> =
  R extends ClientResponse<infer T, infer S, string> ? (S extends 200 ? T : never) : never;

/** The control API, as commands use it. */
export interface Drover {
  /** Its routes; hand what one answers to {@link Drover.told}. */
  api: ReturnType<typeof controlClient>;
  /**
   * What a route answers. `has` names fields that the answer must have: one without is of another version of Drover.
   *
   * @throws Failure
   */
  told<R extends ClientResponse<unknown, number, string>>(
    asking: Promise<R>,
    ...has: readonly (keyof Good<R> & string)[]
  ): Promise<Good<R>>;
  /** Waits for so many ms, or until somebody interrupts the command. */
  pause(ms: number): Promise<unknown>;
  /** A header that makes a request that is sent twice one request. */
  once(): { 'idempotency-key': string };
}

interface DroverOptions extends Omit<SenderOptions, 'name' | 'pause'> {
  /** Waits for so many ms. Default: so long, or until somebody interrupts the command. */
  pause?: SenderOptions['pause'];
  /** Why anything is changed. */
  why?: string;
}

/** The control API at a connection. */
export function droverAt({ base, key, name }: Connection, options: DroverOptions): Drover {
  const { why, signal, pause = (ms) => sleep(ms, undefined, { signal }) } = options;
  const send = createSender({ ...options, pause, name });
  const api = controlClient({ base, key, fetch: send, ...(why === undefined ? {} : { why }) });

  /** A path that cannot name anything is answered as one that is not there: whether it is tells the list of routes. */
  const isRoute = async (url: string): Promise<boolean> => {
    const answer = await send(`${base}/openapi.json`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (!answer.ok) return true;
    const { paths = {} } = (await answer.json()) as { paths?: object };
    const asked = new URL(url).pathname.slice(new URL(base).pathname.replace(/\/$/, '').length);
    return Object.keys(paths).some((path) => pattern(path).test(asked));
  };

  return {
    api,
    pause,
    once: () => ({ 'idempotency-key': randomUUID() }),
    told: async (asking, ...has) => {
      const answer = await asking;
      const text = await answer.text();
      if (!answer.ok) {
        const failure = refused(answer.status, text, name);
        const isUnknown = failure.code === 'NOT_FOUND' && /^nothing at /i.test(failure.message);
        if (!isUnknown) throw failure;
        if (!(await isRoute(answer.url))) throw otherVersion(name);
        throw new Failure('NOT_FOUND', 'Nothing there can have this name.', { cause: failure });
      }
      const found = objectOf(text);
      if (!found) throw refused(answer.status, text, name);
      if (has.some((field) => !(field in found))) throw otherVersion(name);
      return found as Good<Awaited<typeof asking>>;
    },
  };
}

function pattern(path: string): RegExp {
  const parts = path.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part));
  return new RegExp(`^${parts.join('/')}$`);
}

function objectOf(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function otherVersion(name: string): Failure {
  return new Failure(
    'CONTROL_OTHER_VERSION',
    `The control API of ${name} is of another version of Drover, or none of Drover's at all: it does not know this command.`,
  );
}
