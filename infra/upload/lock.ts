/** What we read of one package in npm's lock file (npm docs, "package-lock.json"). */
interface Locked {
  readonly dependencies?: { readonly [name: string]: string };
  readonly optionalDependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
  readonly [field: string]: unknown;
}

/** A lock file of version 3: every package by the path that it is installed at, and the project itself at ''. */
export interface LockFile {
  readonly name?: string;
  readonly version?: string;
  readonly lockfileVersion: number;
  readonly requires?: boolean;
  readonly packages: { readonly [path: string]: Locked };
}

/**
 * The part of a lock file that a project with only these dependencies has: its versions are the ones that were tested.
 *
 * @throws Error naming a dependency that is not in the lock file.
 */
export function lockOf(
  whole: LockFile,
  project: { name: string; version: string; dependencies: { readonly [name: string]: string } },
): LockFile {
  const needed = new Set<string>();
  const waiting: [from: string, name: string, isRequired: boolean][] = Object.keys(
    project.dependencies,
  ).map((name) => ['', name, true]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [from, name, isRequired] = next;
    const path = pathOf(whole, from, name);
    if (path === undefined) {
      if (isRequired)
        throw new Error(`package-lock.json has no ${name}, which ${from || project.name} needs`);
      continue;
    }
    if (needed.has(path)) continue;
    needed.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = whole.packages[path] ?? {};
    for (const each of Object.keys(dependencies ?? {})) waiting.push([path, each, true]);
    for (const each of Object.keys({ ...optionalDependencies, ...peerDependencies })) {
      waiting.push([path, each, false]);
    }
  }
  const kept = Object.entries(whole.packages).filter(([path]) => needed.has(path));
  return {
    name: project.name,
    version: project.version,
    lockfileVersion: whole.lockfileVersion,
    requires: true,
    packages: { '': project, ...Object.fromEntries(kept) },
  };
}

/** Where Node finds `name` for the package at `from`: in its own node_modules, or in one of those around it. */
function pathOf({ packages }: LockFile, from: string, name: string): string | undefined {
  for (let around = from; ; ) {
    const path = `${around === '' ? '' : `${around}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (around === '') return undefined;
    const end = around.lastIndexOf('/node_modules/');
    around = end === -1 ? '' : around.slice(0, end);
  }
}
