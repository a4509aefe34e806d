import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Query, Write } from '../ports/index.ts';
import { type Current, currentPath, type Published, type Releases } from '../projects/release.ts';
import { advance } from '../runs/advance.ts';
import type { Run } from '../runs/run.ts';
import { newRunSecret } from '../runs/secret.ts';
import { type Leased, startRun } from '../runs/start.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { type AgentState, agentPath, takeSlots } from './slot-holders.ts';
import { type Plan, planSlots } from './slots.ts';

/** Launches that one step works on at the same time; more are left to the next step. */
const batch = 10;
/** Queued runs that one step drops: two writes each, with room in a commit's 500 (Firestore quotas page). */
const dropBatch = 100;
/** Queued runs are counted no further than this. */
const longestCount = 10_000;
/** How long a launch may take before another dispatch takes it over, in ms. */
const leaseMs = 30_000;

/** What a dispatch step did. */
export interface Dispatched {
  launched: string[];
  dropped: string[];
}

/**
 * Fills an agent's free slots with its oldest queued runs, takes over launches whose lease ran out, and drops what the
 * queue cannot hold (D5, D9). Looks at the world, not at who asked: any number of these may run at once.
 */
export async function dispatch(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  agent: string,
): Promise<Dispatched> {
  const current = await releases.current();
  if (!current) return { launched: [], dropped: [] };
  const step = await optimistically(ports, () => fillSlots(ports, current, agent));
  if (step.more) await wakeDispatch(ports, agent);
  await Promise.all(step.leases.map((held) => startRun(ports, settings, releases, held)));
  return { launched: step.leases.map(({ run }) => run.id), dropped: step.dropped };
}

interface Step {
  leases: Leased[];
  dropped: string[];
  /** Whether a full batch was taken, so that more may be waiting. */
  more: boolean;
}

/** Reads slots and queue, plans, and commits slots and leases together: slots are counted where they are taken (D9). */
async function fillSlots(ports: Ports, { release }: Published, agent: string): Promise<Step> {
  const configured = release.agents[agent];
  const scale = configured?.scale ?? 1;
  const maxWorkQueueSize = configured?.maxWorkQueueSize ?? Number.POSITIVE_INFINITY;
  const path = agentPath(agent);
  const [slots, project, open, queued] = await Promise.all([
    ports.documents.get<AgentState>(path),
    release.scale === null ? undefined : ports.documents.get<Current>(currentPath),
    ports.documents.query<Run>({ ...runsOf(agent, 'launching', 'queued'), limit: scale + batch }),
    ports.documents.count({ ...runsOf(agent, 'queued'), limit: longestCount }),
  ]);
  const inFlight = slots?.data.inFlight ?? [];
  const now = ports.clock.now();
  const plan = planSlots({
    scale,
    projectFree:
      release.scale === null || !project
        ? null
        : Math.max(0, release.scale - project.data.inFlight.length),
    inFlight,
    batch,
    maxWorkQueueSize,
    open,
    queued,
    now,
  });
  const dropped = await findOverflow(ports, agent, plan);
  if (plan.take.length + plan.takeOver.length + dropped.length === 0) return nothing;
  const leases = [...plan.take, ...plan.takeOver].map((run) => lease(ports, run));
  const taken = plan.take.map((run) => run.id);
  await ports.documents.commit([
    ...leases.flatMap((leased) => leaseWrites(leased, now)),
    ...dropped.flatMap((run) => dropWrites(run, maxWorkQueueSize, now)),
    ...(taken.length > 0 ? slotWrites({ path, slots, project, taken }) : []),
  ]);
  return {
    leases,
    dropped: dropped.map((run) => run.id),
    more:
      [plan.take, plan.takeOver].some(({ length }) => length === batch) ||
      dropped.length < plan.overflow,
  };
}

function runsOf(agent: string, ...states: Run['state'][]): Omit<Query, 'limit'> {
  return {
    collection: 'runs',
    where: [
      ['agent', '==', agent],
      ['state', 'in', states],
    ],
    orderBy: [['admittedAt', 'asc']],
  };
}

/** The runs that the queue cannot hold: the oldest behind those that have a slot. */
async function findOverflow(ports: Ports, agent: string, plan: Plan): Promise<Document<Run>[]> {
  if (plan.overflow === 0) return [];
  const limit = plan.slots + Math.min(plan.overflow, dropBatch);
  const oldest = await ports.documents.query<Run>({ ...runsOf(agent, 'queued'), limit });
  return oldest.slice(plan.slots);
}

const nothing: Step = { leases: [], dropped: [], more: false };

function lease(ports: Ports, run: Document<Run>): Leased {
  return {
    run,
    attempt: (run.data.lease?.attempt ?? 0) + 1,
    ...newRunSecret(ports.random, run.id),
  };
}

function leaseWrites({ run, attempt, hash }: Leased, now: number): Write[] {
  const until = new Date(now + leaseMs);
  const first = run.data.state === 'queued';
  return advance(
    run,
    {
      event: first ? 'launch' : 'relaunch',
      why: first
        ? 'a slot is free'
        : `launch ${attempt - 1} did not get through; this is launch ${attempt}`,
      set: {
        lease: { attempt, until: until.toISOString() },
        secretHashes: [...run.data.secretHashes, hash],
        dueAt: until,
      },
    },
    now,
  );
}

function dropWrites(run: Document<Run>, maxWorkQueueSize: number, now: number): Write[] {
  return advance(
    run,
    {
      event: 'drop',
      why: `more than ${maxWorkQueueSize} runs were waiting, and this was the oldest`,
      set: { reason: 'queue_overflow', dueAt: null, cleanedAt: new Date(now).toISOString() },
    },
    now,
  );
}

interface TakenSlots {
  path: string;
  slots: Document<AgentState> | undefined;
  /** The project's slots, when the release limits them. */
  project: Document<Current> | undefined;
  taken: string[];
}

function slotWrites({ path, slots, project, taken }: TakenSlots): Write[] {
  const first: AgentState = { inFlight: taken };
  const writes: Write[] = [slots ? takeSlots(slots, taken) : { op: 'create', path, data: first }];
  if (project) writes.push(takeSlots(project, taken));
  return writes;
}
