import type { Data } from '../../shared/ports/index.ts';
import { isOver, type RunState, transitions } from '../../shared/runs/states.ts';
import { findServices, type Share } from '../deploy/services.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { recordOf } from '../record-of.ts';
import { type FunctionName, functionNames, type Place } from '../resources.ts';
import { queryParts, readPart } from '../rest/read-parts.ts';

/** How a deployment is doing. */
export interface Status {
  /** Null: no project was published. */
  release: { id: string; publishedAt: string | null } | null;
  /** Since when the whole project is paused, by whom and why. */
  paused: { readonly [field: string]: unknown } | null;
  agents: readonly AgentStatus[];
  /** Runs that are not over; no more than {@link mostRuns} are looked at. */
  runs: { readonly [state: string]: number };
  functions: readonly FunctionStatus[];
  /** Null: there is no job that calls `tick`. */
  tick: { lastAt: string | null; problem: string | null; isEnabled: boolean } | null;
}

export interface AgentStatus {
  agent: string;
  /** Runs of it that wait, and that are in flight. */
  queued: number;
  inFlight: number;
  isPaused: boolean;
  /** Failures in a row. */
  failures: number;
}

export interface FunctionStatus {
  name: FunctionName;
  /** The newest version that can serve; null: it is not deployed. */
  revision: string | null;
  traffic: readonly Share[];
}

/** Runs that are looked at, at most: each costs a read. */
export const mostRuns = 1_000;
/** Agents that are looked at, at most; a project has no more than 200. */
const mostAgents = 300;

const openStates = (Object.keys(transitions) as RunState[]).filter((state) => !isOver(state));

/** Reads how a deployment is doing from Firestore, Cloud Run and Cloud Scheduler, with the rights of the person who asks. */
export async function readStatus(google: Google, place: Place): Promise<Status> {
  const { project } = place;
  const current = await whereThere(() => readPart(google, project, 'project/current'));
  const id = typeof current?.release === 'string' ? current.release : undefined;
  const [release, states, open, services, tick] = await Promise.all([
    id === undefined
      ? undefined
      : readPart(google, project, `releases/${id}?mask.fieldPaths=agents`),
    whereThere(() => queryParts(google, project, agentsQuery)),
    whereThere(() => queryParts(google, project, openRunsQuery)),
    findServices(google, place),
    readTick(google, place),
  ]);
  const runs = (open ?? []).map(({ fields }) => fields);
  const agentStates = new Map((states ?? []).map(({ id: agent, fields }) => [agent, fields]));
  const names = new Set([
    ...Object.keys(recordOf(release?.agents)),
    ...runs.map(({ agent }) => String(agent)),
  ]);
  return {
    release:
      id === undefined
        ? null
        : {
            id,
            publishedAt: typeof current?.publishedAt === 'string' ? current.publishedAt : null,
          },
    paused: current?.paused ? recordOf(current.paused) : null,
    agents: [...names].sort().map((agent) => agentStatus(agent, runs, agentStates.get(agent))),
    runs: Object.fromEntries(
      openStates.map((state) => [state, runs.filter((run) => run.state === state).length]),
    ),
    functions: functionNames.map((name) => ({
      name,
      revision: services.get(name)?.latest ?? null,
      traffic: services.get(name)?.traffic ?? [],
    })),
    tick,
  };
}

const agentsQuery = {
  from: [{ collectionId: 'agents' }],
  select: { fields: [{ fieldPath: 'paused' }, { fieldPath: 'failures' }] },
  limit: mostAgents,
};

const openRunsQuery = {
  from: [{ collectionId: 'runs' }],
  select: { fields: [{ fieldPath: 'agent' }, { fieldPath: 'state' }] },
  where: {
    fieldFilter: {
      field: { fieldPath: 'state' },
      op: 'IN',
      value: { arrayValue: { values: openStates.map((state) => ({ stringValue: state })) } },
    },
  },
  limit: mostRuns,
};

function agentStatus(agent: string, runs: readonly Data[], state: Data = {}): AgentStatus {
  const own = runs.filter((run) => run.agent === agent);
  const queued = own.filter((run) => run.state === 'queued').length;
  return {
    agent,
    queued,
    inFlight: own.length - queued,
    isPaused: Boolean(state.paused),
    failures: Number(state.failures ?? 0),
  };
}

async function readTick(google: Google, { region }: Place): Promise<Status['tick']> {
  const job = await whereThere(() =>
    google.gcloud(['scheduler', 'jobs', 'describe', 'drover-tick', `--location=${region}`]),
  );
  if (job === undefined) return null;
  const { lastAttemptTime, state, status } = recordOf(job);
  const { code, message } = recordOf(status);
  return {
    lastAt: typeof lastAttemptTime === 'string' ? lastAttemptTime : null,
    problem: code === undefined || code === 0 ? null : String(message ?? `code ${String(code)}`),
    isEnabled: state === 'ENABLED',
  };
}

/** What an answer is; undefined where the thing is not there, or the service that would have it is off. */
async function whereThere<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(error, 'not_found') || (isRefusal(error) && error.service !== undefined)) {
      return undefined;
    }
    throw error;
  }
}
