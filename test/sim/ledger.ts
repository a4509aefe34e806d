import { type AgentState, fresh } from '../../shared/agents/state.ts';
import { type NewData, REMOVE, SERVER_TIME, type Write } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Current } from '../../shared/projects/release.ts';
import type { Run } from '../../shared/runs/run.ts';
import { holdsSlot } from '../../shared/runs/states.ts';
import { createHistory, type History } from './history.ts';

/** A run as the commits so far have made it. */
export interface Entry {
  id: string;
  data: Run;
  /** As it was admitted. */
  admitted: Run;
  /** Whether it was launched when the project limited its slots: its list does not know those from before (decision 0009). */
  isCounted: boolean;
  /** When it left its queue, in ms since the epoch; infinite while it waits there. */
  leftQueueAt: number;
}

/** One write of a run, as it was before and is now. */
export interface RunChange {
  entry: Entry;
  before: Run | undefined;
  /** The fields that were written. */
  fields: string[];
}

/** One write of an agent's state, as it was before and is now. */
export interface AgentChange {
  agent: string;
  before: AgentState;
  after: AgentState;
}

/** What one commit did. */
export interface Committed {
  /** Which commit it is, counted from 1. */
  number: number;
  /** Documents that it wrote and that are there now. */
  documents: { path: string; data: NewData }[];
  /** Paths that it deleted. */
  removed: string[];
  runs: RunChange[];
  states: AgentChange[];
  /** Agents whose runs or slots it wrote. */
  agents: Set<string>;
  /** Whether another release is current now. */
  isPublication: boolean;
  /** Whether it wrote what is so of the whole project. */
  isOfProject: boolean;
}

/** What stands in the way of the whole project's runs. */
export type Halt = Pick<Current, 'paused' | 'resumedAt'>;

/** What the documents say, put together from the commits alone, in their order. */
export interface Ledger {
  runs: Map<string, Entry>;
  /** Commits that were recorded so far: a moment between two of them. */
  commits(): number;
  /** What a document says; undefined: it is not there, or nobody wrote it since the life began. */
  document<T>(path: string): T | undefined;
  /** What an agent's document says. */
  agent(name: string): AgentState;
  agents(): string[];
  /** What is published now. */
  project(): Project;
  /** Everything that was published at some time since `since`. */
  projectsSince(since: number): Project[];
  release(id: string): Project | undefined;
  halts: History<Halt>;
  /** @param at When Firestore says that they were made, in ms since the epoch. */
  record(writes: readonly Write[], at: number): Committed;
  /** The runs of an agent, or of all, in order of admission. */
  queued(agent?: string): Entry[];
  inFlight(agent?: string): Entry[];
  isInFlight(run: Entry): boolean;
  /** Other runs of the agent of a run that have its key. */
  sameKey(run: Entry): Entry[];
}

/** Begins when `first` is published, as release `id`. */
export function createLedger(now: () => number, id: string, first: Project): Ledger {
  const documents = new Map<string, NewData>();
  const runs: Ledger['runs'] = new Map();
  const queued = new Map<string, Entry>();
  const flying = new Map<string, Entry>();
  const keyed = new Map<string, Entry[]>();
  const states = new Map<string, AgentState>();
  const releases = new Map([[id, first]]);
  let commits = 0;
  const published = createHistory(now, first);
  const halts = createHistory<Halt>(now, { paused: null, resumedAt: null });

  /** The document as the write leaves it; undefined: gone. */
  const apply = (write: Write, at: number): NewData | undefined => {
    if (write.op === 'delete') {
      documents.delete(write.path);
      return undefined;
    }
    const data = write.op === 'update' ? { ...documents.get(write.path) } : {};
    const written = write.op === 'update' ? write.fields : write.data;
    for (const [field, value] of Object.entries(written)) {
      if (value === REMOVE) delete data[field];
      else data[field] = value === SERVER_TIME ? new Date(at) : value;
    }
    documents.set(write.path, data);
    return data;
  };
  const keyOf = ({ agent, concurrencyKey }: Run): string => `${agent} ${concurrencyKey}`;
  const recordRun = (runId: string, data: NewData, write: Write): RunChange => {
    const known = runs.get(runId);
    const before = known?.data;
    const entry = known ?? {
      id: runId,
      data: data as Run,
      admitted: data as Run,
      isCounted: false,
      leftQueueAt: Number.POSITIVE_INFINITY,
    };
    entry.data = data as Run;
    if (!known) {
      runs.set(runId, entry);
      const key = keyOf(entry.data);
      keyed.set(key, [...(keyed.get(key) ?? []), entry]);
    }
    const { state } = entry.data;
    if (state === 'queued') queued.set(runId, entry);
    else if (queued.delete(runId)) entry.leftQueueAt = now();
    if (holdsSlot(state)) flying.set(runId, entry);
    else flying.delete(runId);
    return { entry, before, fields: Object.keys(write.op === 'update' ? write.fields : data) };
  };
  const recordCurrent = (data: NewData, committed: Committed): void => {
    const { paused, resumedAt } = {
      ...halts.now(),
      ...(data as Partial<Current>),
    };
    const before = halts.now();
    if (paused !== before.paused || resumedAt !== before.resumedAt) {
      halts.add({ paused, resumedAt });
    }
    committed.isOfProject = true;
    const project = releases.get(String(data.release));
    if (!project || project === published.now()) return;
    published.add(project);
    committed.isPublication = true;
  };
  const of = (some: ReadonlyMap<string, Entry>, agent: string | undefined): Entry[] =>
    [...some.values()].filter(({ data }) => agent === undefined || data.agent === agent);

  return {
    runs,
    commits: () => commits,
    document: <T>(path: string) => documents.get(path) as T | undefined,
    agent: (name) => states.get(name) ?? fresh,
    agents: () => [...states.keys()],
    project: published.now,
    projectsSince: published.since,
    release: (release) => releases.get(release),
    halts,
    record: (writes, at) => {
      commits += 1;
      const committed: Committed = {
        number: commits,
        documents: [],
        removed: [],
        runs: [],
        states: [],
        agents: new Set(),
        isPublication: false,
        isOfProject: false,
      };
      for (const write of writes) {
        const data = apply(write, at);
        if (!data) {
          committed.removed.push(write.path);
          continue;
        }
        committed.documents.push({ path: write.path, data });
        const [collection, name = '', below] = write.path.split('/');
        if (below !== undefined) continue;
        if (collection === 'runs') {
          const change = recordRun(name, data, write);
          committed.runs.push(change);
          committed.agents.add(change.entry.data.agent);
        } else if (collection === 'agents') {
          const before = states.get(name) ?? fresh;
          const after = { ...fresh, ...(data as Partial<AgentState>) };
          states.set(name, after);
          committed.states.push({ agent: name, before, after });
          committed.agents.add(name);
        } else if (collection === 'releases') {
          releases.set(name, data as unknown as Project);
        } else if (write.path === 'project/current') {
          recordCurrent(data, committed);
        }
      }
      return committed;
    },
    queued: (agent) => of(queued, agent),
    inFlight: (agent) => of(flying, agent),
    isInFlight: ({ id }) => flying.has(id),
    sameKey: (run) =>
      run.data.concurrencyKey === null
        ? []
        : (keyed.get(keyOf(run.data)) ?? []).filter((other) => other !== run),
  };
}
