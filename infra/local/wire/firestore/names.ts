import { EngineError } from '../../engines/engine.ts';
import { text } from './message.ts';

/** Between full resource names and paths relative to the database's root. */
export interface Names {
  /** Path of a document's name. */
  path(name: unknown): string;
  /** Path of a parent's name: a document's, or `''` for the root. */
  parent(name: unknown): string;
  name(path: string): string;
  /** Refuses a database that is not this one. */
  checkDatabase(name: unknown): void;
}

/** `root` is `projects/<project>/databases/(default)/documents`. */
export function names(root: string): Names {
  const database = root.slice(0, root.lastIndexOf('/'));
  const relative = (value: unknown): string => {
    const name = text(value);
    if (name === root) return '';
    if (name.startsWith(`${root}/`)) return name.slice(root.length + 1);
    throw refused(name);
  };
  const refused = (name: string): EngineError =>
    name.startsWith('projects/') && !name.startsWith(`${database}/`)
      ? new EngineError('NOT_FOUND', `The database of ${name} does not exist: only ${database}.`)
      : new EngineError('INVALID_ARGUMENT', `Resource name "${name}" does not lie in ${root}.`);
  return {
    path: (name) => {
      const path = relative(name);
      if (path === '') throw refused('');
      return path;
    },
    parent: relative,
    name: (path) => `${root}/${path}`,
    checkDatabase: (name) => {
      if (name !== database) throw refused(`${text(name)}/documents`);
    },
  };
}
