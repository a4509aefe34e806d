import { type NewData, REMOVE, SERVER_TIME, type Write } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Run } from '../../shared/runs/run.ts';
import { holdsSlot } from '../../shared/runs/states.ts';

/** A run as the commits so far have made it. */
export interface Entry {
  id: string;
  data: Run;
  /** Whether it was launched when the project limited its slots: its list does not know those from before (decision 0009). */
  isCounted: boolean;
}

/** One write of a run, as it was before and is now. */
export interface RunChange {
  entry: Entry;
  before: Run | undefined;
  /** The fields that were written. */
  fields: string[];
}

/** What one commit did. */
export interface Committed {
  /** Documents that it wrote and that are there now. */
  documents: { path: string; data: NewData }[];
  runs: RunChange[];
  /** Agents whose runs or slots it wrote. */
  agents: Set<string>;
  /** Whether another release is current now. */
  isPublication: boolean;
}

/** What the documents say, put together from the commits alone, in their order. */
export interface Ledger {
  runs: Map<string, Entry>;
  /** Slots that are taken, by agent, as the agents' documents say. */
  slots: Map<string, string[]>;
  /** What is published now. */
  project(): Project;
  /** Everything that was published at some time since `since`. */
  projectsSince(since: number): Project[];
  record(writes: readonly Write[]): Committed;
  /** The runs of an agent, or of all, in order of admission. */
  queued(agent?: string): Entry[];
  inFlight(agent?: string): Entry[];
}

/** Begins when `first` is published, as release `id`. */
export function createLedger(now: () => number, id: string, first: Project): Ledger {
  const documents = new Map<string, NewData>();
  const runs: Ledger['runs'] = new Map();
  const slots: Ledger['slots'] = new Map();
  const releases = new Map([[id, first]]);
  const published = [{ since: now(), project: first }];

  /** The document as the write leaves it; undefined: gone. */
  const apply = (write: Write): NewData | undefined => {
    if (write.op === 'delete') {
      documents.delete(write.path);
      return undefined;
    }
    const data = write.op === 'update' ? { ...documents.get(write.path) } : {};
    const written = write.op === 'update' ? write.fields : write.data;
    for (const [field, value] of Object.entries(written)) {
      if (value === REMOVE) delete data[field];
      else data[field] = value === SERVER_TIME ? new Date(now()) : value;
    }
    documents.set(write.path, data);
    return data;
  };
  const recordRun = (runId: string, data: NewData, write: Write): RunChange => {
    const known = runs.get(runId);
    const before = known?.data;
    const entry = known ?? { id: runId, data: data as Run, isCounted: false };
    entry.data = data as Run;
    runs.set(runId, entry);
    return { entry, before, fields: Object.keys(write.op === 'update' ? write.fields : data) };
  };
  const some = (agent: string | undefined, which: (run: Run) => boolean): Entry[] =>
    [...runs.values()].filter(
      ({ data }) => (agent === undefined || data.agent === agent) && which(data),
    );

  return {
    runs,
    slots,
    project: () => published.at(-1)?.project ?? first,
    projectsSince: (since) => {
      const later = published.findIndex((one) => one.since > since);
      const from = later < 0 ? published.length - 1 : Math.max(0, later - 1);
      return published.slice(from).map(({ project }) => project);
    },
    record: (writes) => {
      const committed: Committed = {
        documents: [],
        runs: [],
        agents: new Set(),
        isPublication: false,
      };
      for (const write of writes) {
        const data = apply(write);
        if (!data) continue;
        committed.documents.push({ path: write.path, data });
        const [collection, name = '', below] = write.path.split('/');
        if (below !== undefined) continue;
        if (collection === 'runs') {
          const change = recordRun(name, data, write);
          committed.runs.push(change);
          committed.agents.add(change.entry.data.agent);
        } else if (collection === 'agents') {
          slots.set(name, (data.inFlight ?? []) as string[]);
          committed.agents.add(name);
        } else if (collection === 'releases') {
          releases.set(name, data as unknown as Project);
        } else if (write.path === 'project/current') {
          const project = releases.get(String(data.release));
          if (!project || project === published.at(-1)?.project) continue;
          published.push({ since: now(), project });
          committed.isPublication = true;
        }
      }
      return committed;
    },
    queued: (agent) => some(agent, ({ state }) => state === 'queued'),
    inFlight: (agent) => some(agent, ({ state }) => holdsSlot(state)),
  };
}
