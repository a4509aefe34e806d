import { Failure } from '../cli/errors.ts';

/** What ids of runs and deliveries and names of agents look like: nothing of it means anything in a path. */
const possible = /^[A-Za-z0-9][\w.:-]{0,400}$/;

/** A name that somebody typed, fit to stand in a path. Throws `NOT_FOUND`, for nothing can have another. */
export function checkedName(name: string): string {
  if (possible.test(name)) return name;
  throw new Failure('NOT_FOUND', `Nothing there can have the name ${JSON.stringify(name)}.`);
}

/** The same for an argument that takes several: with those before it. */
export function checkedNames(name: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), checkedName(name)];
}
