import { SERVER_TIME, type Write } from '../ports/index.ts';
import type { Settings } from '../settings.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { sweepMs } from './due.ts';
import { consoleLinks } from './links.ts';
import type { Run, Trigger } from './run.ts';

export interface NewRun {
  id: string;
  agent: string;
  cause: string;
  release: string;
  /** Its configuration in that release, as far as the run must know it to its end. */
  configuration: Pick<Run, 'credentials' | 'timeout'>;
  context: WebhookContext;
  trigger: Trigger;
  why: string;
  /** In ms since the epoch. */
  now: number;
}

/**
 * The write that admits a run. It refuses when the run was admitted before. The document itself is the first entry of the
 * journal: `events/00000` is the first change.
 */
export function admission(settings: Settings, run: NewRun): Write {
  const at = new Date(run.now).toISOString();
  const document: Omit<Run, 'admittedAt'> = {
    agent: run.agent,
    state: 'queued',
    summary: `${run.agent} is queued: ${run.why}`,
    reason: null,
    trigger: run.trigger,
    cause: run.cause,
    release: run.release,
    credentials: run.configuration.credentials,
    timeout: run.configuration.timeout,
    context: run.context,
    dueAt: new Date(run.now + sweepMs),
    lease: null,
    secretHashes: [],
    execution: null,
    deadline: null,
    exitCode: null,
    signal: null,
    status: null,
    returnValue: null,
    lastLines: [],
    rerunRequested: false,
    cleanedAt: null,
    times: { queued: at },
    timeline: [{ at, state: 'queued', why: run.why }],
    events: 0,
    links: consoleLinks(settings, run.id, run.trigger.delivery),
    expireAt: null,
  };
  return { op: 'create', path: `runs/${run.id}`, data: { ...document, admittedAt: SERVER_TIME } };
}
