import type { Collections } from './collections.ts';
import type { Change, NameOf } from './commit.ts';
import type { Plan } from './query/plan.ts';
import { matcherOf, run, selects } from './query/run.ts';
import type { Document, Micros } from './types.ts';

/** What a listener is told after each commit that concerns it, and once at its beginning. */
export interface Snapshot {
  readTime: Micros;
  /** Documents that entered the result or changed in it. */
  changed: Document[];
  /** Paths of documents that left the result. */
  removed: string[];
}

/** What is listened to: some documents by path, or a query. */
export type Target =
  | { kind: 'documents'; paths: readonly string[] }
  | { kind: 'query'; plan: Plan };

/** Keeps up with one target. */
export interface Watcher {
  /** What the changes of a commit mean for the target; undefined: nothing. */
  after(changes: readonly Change[], readTime: Micros): Snapshot | undefined;
}

/** `emit` is called at once with what is there. */
export function watcher(
  documents: Collections,
  nameOf: NameOf,
  target: Target,
  readTime: Micros,
  emit: (snapshot: Snapshot) => void,
): Watcher {
  if (target.kind === 'documents') return documentsWatcher(documents, target.paths, readTime, emit);
  const { plan } = target;
  const initial = run(documents, plan, nameOf);
  emit({ readTime, changed: initial, removed: [] });
  const { limit, offset } = plan.query;
  const windowed = limit !== undefined || offset !== undefined;
  return windowed
    ? windowWatcher(documents, nameOf, plan, initial)
    : queryWatcher(nameOf, plan, initial);
}

function documentsWatcher(
  documents: Collections,
  paths: readonly string[],
  readTime: Micros,
  emit: (snapshot: Snapshot) => void,
): Watcher {
  const wanted = new Set(paths);
  const there = paths
    .map((path) => documents.get(path))
    .filter((document) => document !== undefined);
  const found = new Set(there.map((document) => document.path));
  emit({ readTime, changed: there, removed: paths.filter((path) => !found.has(path)) });
  return {
    after: (changes, at) =>
      snapshot(
        at,
        changes.filter(({ path }) => wanted.has(path)),
      ),
  };
}

/** Without a window, whether a document is in the result depends on that document alone. */
function queryWatcher(nameOf: NameOf, plan: Plan, initial: readonly Document[]): Watcher {
  const { matches } = matcherOf(plan, nameOf);
  const inside = new Set(initial.map((document) => document.path));
  return {
    after: (changes, at) => {
      const seen: Change[] = [];
      for (const change of changes) {
        if (!selects(plan.query, change.path)) continue;
        const after = change.after && matches(change.after) ? change.after : undefined;
        if (after) inside.add(change.path);
        else if (!inside.delete(change.path)) continue;
        seen.push({ ...change, after });
      }
      return snapshot(at, seen);
    },
  };
}

/** A window slides: one document that leaves lets another in, so the query is run again. */
function windowWatcher(
  documents: Collections,
  nameOf: NameOf,
  plan: Plan,
  initial: readonly Document[],
): Watcher {
  let inside = new Map(initial.map((document) => [document.path, document]));
  return {
    after: (changes, at) => {
      if (!changes.some(({ path }) => selects(plan.query, path))) return undefined;
      const now = new Map(
        run(documents, plan, nameOf).map((document) => [document.path, document]),
      );
      const before = inside;
      inside = now;
      const moved = [...new Set([...before.keys(), ...now.keys()])]
        .map((path) => ({ path, before: before.get(path), after: now.get(path) }))
        .filter((change) => change.before !== change.after);
      return snapshot(at, moved);
    },
  };
}

function snapshot(readTime: Micros, changes: readonly Change[]): Snapshot | undefined {
  if (changes.length === 0) return undefined;
  return {
    readTime,
    changed: changes.map(({ after }) => after).filter((document) => document !== undefined),
    removed: changes.filter(({ after }) => !after).map(({ path }) => path),
  };
}
