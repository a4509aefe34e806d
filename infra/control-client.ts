import { hc } from 'hono/client';
import type { ControlApi } from '../functions/control.ts';

/** Where the control API is, and who asks. */
export interface ControlClientOptions {
  /** Base URL of the function, such as `http://127.0.0.1:8080/control`. */
  base: string;
  /** A key, or an identity token of Google. */
  key: string;
  /** Why anything is changed: it goes into the audit entries. Default: no reason. */
  why?: string;
  /** What sends requests. Default: `fetch`. */
  fetch?: typeof globalThis.fetch;
}

/**
 * The control API as functions, typed from its routes:
 *
 * @example
 * const drover = controlClient({ base: 'http://127.0.0.1:8080/control', key });
 * const answer = await drover.v1.runs.$get({ query: { agent: 'triage', limit: '10' } });
 * if (answer.ok) for (const run of (await answer.json()).runs) print(run.summary);
 */
export function controlClient({ base, key, why, fetch }: ControlClientOptions) {
  return hc<ControlApi>(base, {
    headers: {
      authorization: `Bearer ${key}`,
      // A header has bytes, and `fetch` takes characters for them: these are those of UTF-8.
      ...(why === undefined ? {} : { 'x-drover-why': Buffer.from(why).toString('latin1') }),
    },
    ...(fetch === undefined ? {} : { fetch }),
  });
}
