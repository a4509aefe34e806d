import { SERVER_TIME, type Write } from '../ports/index.ts';
import type { Agent, Project } from '../projects/project.ts';
import { defaultDays, keptDays } from '../retention/days.ts';
import type { Settings } from '../settings.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { sweepMs } from './due.ts';
import { asked } from './input.ts';
import { callLinks, consoleLinks, type Links } from './links.ts';
import type { Run } from './run.ts';
import { newTrace, type TracePlace } from './trace.ts';
import { callerOf, deliveryOf, type Trigger } from './trigger.ts';

/** What a run keeps of its agent's configuration. */
export type RunConfiguration = Pick<Run, 'credentials' | 'timeout'> &
  // Default: copies, the days of a project that does not say, and nobody knows what its container has.
  Partial<Pick<Run, 'credentialsDelivery' | 'keptDays' | 'resources'>>;

/** What a run keeps of the configuration of its agent and its project, to be known to its end. */
export function configurationOf(
  { credentials, credentialsDelivery, timeout, cpus, memory }: Agent,
  project: Pick<Project, 'historyRetentionDays'>,
): RunConfiguration {
  const resources = { cpus, memory };
  return { credentials, credentialsDelivery, timeout, resources, keptDays: keptDays(project) };
}

export interface NewRun {
  id: string;
  agent: string;
  cause: string;
  release: string;
  /** Its configuration in that release, as far as the run must know it to its end. */
  configuration: RunConfiguration;
  context: WebhookContext | null;
  /** Where its container runs. Default: nobody knows. */
  region?: string;
  /** All of what it is asked; {@link inputWrites} go with it into the commit. Default: nothing. */
  prompt?: string | null;
  /** The trace of the run that leads to it. Default: a new one. */
  trace?: string;
  /** The request that asks for it, where whoever sent that traces: the run is a part of that trace. */
  asker?: TracePlace | undefined;
  /** Default: none. */
  concurrencyKey?: string | null;
  /** Default: it may start at once. */
  notBefore?: Date | null;
  trigger: Trigger;
  /** The run that it repeats. Default: none. */
  before?: string;
  why: string;
  /** In ms since the epoch. */
  now: number;
}

/**
 * The write that admits a run. It refuses when the run was admitted before. The document itself is the first entry of the
 * journal: `events/00000` is the first change.
 */
export function admission(settings: Settings, run: NewRun): Write {
  const links = {
    ...consoleLinks(settings, run.id, deliveryOf(run.trigger)),
    ...callLinks(run.trigger),
  };
  const { before } = run;
  const all = before === undefined ? links : { ...links, before: `runs/${before}` };
  return admissionOf(all, { ...run, region: settings.region });
}

/** The same for a run whose links are known. */
export function admissionOf(links: Links, run: NewRun): Write {
  const at = new Date(run.now).toISOString();
  const document: Omit<Run, 'admittedAt'> = {
    agent: run.agent,
    state: 'queued',
    summary: `${run.agent} is queued: ${run.why}`,
    reason: null,
    trigger: run.trigger,
    cause: run.cause,
    delivery: deliveryOf(run.trigger) ?? null,
    release: run.release,
    credentials: run.configuration.credentials,
    credentialsDelivery: run.configuration.credentialsDelivery ?? 'copy',
    resources: resourcesOf(run),
    timeout: run.configuration.timeout,
    context: run.context,
    ...asked(run.prompt ?? null),
    trace: run.trace ?? run.asker?.trace ?? newTrace(run.id),
    ...(run.asker && { askedBy: run.asker.span }),
    concurrencyKey: run.concurrencyKey ?? null,
    notBefore: run.notBefore ?? null,
    dueAt: new Date(Math.max(run.now, run.notBefore?.getTime() ?? 0) + sweepMs),
    lease: null,
    stop: null,
    next: null,
    secretHashes: [],
    execution: null,
    deadline: null,
    exitCode: null,
    signal: null,
    status: null,
    returnValue: null,
    returnBytes: null,
    returnedBy: null,
    returnedAt: null,
    usage: null,
    cost: null,
    lastLines: [],
    rerunRequested: false,
    shutDown: false,
    calledBy: callerOf(run.trigger) ?? null,
    calls: [],
    cleanedAt: null,
    times: { queued: at },
    timeline: [{ at, state: 'queued', why: run.why }],
    events: 0,
    published: 0,
    links,
    notice: null,
    keptDays: run.configuration.keptDays ?? defaultDays,
    expireAt: null,
  };
  return { op: 'create', path: `runs/${run.id}`, data: { ...document, admittedAt: SERVER_TIME } };
}

function resourcesOf({ configuration: { resources = null }, region }: NewRun): Run['resources'] {
  return resources && { ...resources, ...(region !== undefined && { region }) };
}
