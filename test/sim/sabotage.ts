import type {
  Data,
  Document,
  Documents,
  Ports,
  Query,
  Version,
  Write,
} from '../../shared/ports/index.ts';
import type { FunctionName } from './calls.ts';
import type { LawName } from './laws.ts';

/** Breaks Drover on purpose: the ports that a call of a function gets, made from those that it would have got. */
export type Sabotage = (ports: Ports, name: FunctionName) => Ports;

/** A way to break Drover, and what must notice. */
export interface Saboteur {
  /** What is wrong with this Drover, as a sentence without its subject. */
  what: string;
  /** The law that says so. Several where it depends on the life which of them is seen first. */
  laws: readonly LawName[];
  /** Lives of five minutes, with heavy faults, within which it is caught. Default: {@link fewLives}. */
  lives?: number;
  /**
   * Seed of the first of them. Default: 1. For what is so rare that the tests must not live through all those before; once lives
   * are drawn otherwise, `npm run sim -- --seeds 300 --minutes 5 --sabotage NAME` finds another.
   */
  from?: number;
  sabotage: Sabotage;
}

/** Lives within which most of what is broken is caught. */
export const fewLives = 15;

/** What stands for the version of a document that was not written. */
const neverWritten = 'never written' as Version;

/** Writes go to the documents as `change` leaves them; undefined: not at all, and the caller is not told. */
export function writing(
  change: (write: Write, all: readonly Write[]) => Write | undefined,
): Sabotage {
  return (ports) =>
    withDocuments(ports, {
      commit: async (writes, ...rest) => {
        const changed = writes.map((write) => change(write, writes));
        const left = changed.filter((write) => write !== undefined);
        const versions = left.length > 0 ? await ports.documents.commit(left, ...rest) : [];
        return changed.map((write) => (write && versions.shift()) || neverWritten);
      },
    });
}

/** Documents come from Firestore as `change` leaves them, in those of the functions that are named. */
export function reading(
  change: (path: string, data: Data) => Data,
  ...names: readonly FunctionName[]
): Sabotage {
  return (ports, name) => {
    if (names.length > 0 && !names.includes(name)) return ports;
    const { documents } = ports;
    const changed = <D extends Document>(document: D): D => ({
      ...document,
      data: change(document.path, document.data),
    });
    return withDocuments(ports, {
      get: async (...args) => {
        const found = await documents.get(...args);
        return found && (changed(found) as never);
      },
      query: async (...args) => (await documents.query(...args)).map(changed) as never,
    });
  };
}

/** The agents of a release are as `change` leaves them, in those of the functions that are named. */
export function configured(
  change: (agent: Data) => Data,
  ...names: readonly FunctionName[]
): Sabotage {
  return reading(
    (path, data) => {
      if (!path.startsWith('releases/')) return data;
      const agents = Object.entries(data.agents as { [name: string]: Data });
      return {
        ...data,
        agents: Object.fromEntries(agents.map(([name, agent]) => [name, change(agent)])),
      };
    },
    ...names,
  );
}

/** Two at once. */
export function both(one: Sabotage, other: Sabotage): Sabotage {
  return (ports, name) => one(other(ports, name), name);
}

/** Queries are asked as `change` leaves them. */
export function asking(change: (query: Query) => Query): Sabotage {
  return (ports) =>
    withDocuments(ports, {
      query: (query, ...rest) => ports.documents.query(change(query), ...rest),
    });
}

export function withDocuments(ports: Ports, own: Partial<Documents>): Ports {
  return { ...ports, documents: { ...ports.documents, ...own } };
}

/** Whether a write goes to a document of a collection itself, and not to one below it. */
export function isOf(collection: string, { path }: Pick<Write, 'path'>): boolean {
  const parts = path.split('/');
  return parts[0] === collection && parts.length === 2;
}

/** What a write leaves in a document. */
export function fieldsOf(write: Write): { [field: string]: unknown } {
  if (write.op === 'delete') return {};
  return write.op === 'update' ? write.fields : write.data;
}

/** A write with other values of fields that it writes. */
export function withFields(write: Write, fields: Data): Write {
  if (write.op === 'delete') return write;
  if (write.op === 'update') return { ...write, fields: { ...write.fields, ...fields } };
  return { ...write, data: { ...write.data, ...fields } };
}
