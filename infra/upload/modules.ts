import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';

/** What one module needs to be loaded. */
export interface Closure {
  /** The module and every module of ours that it imports, now or later, below `root`; sorted. */
  files: string[];
  /** Packages that they import, by name; sorted. */
  packages: string[];
}

/** As the compiler prints them: it puts each import on a line of its own, and every name in quotes. */
const imports =
  /^\s*(?:import|export)\b[^'"\n]*?\bfrom\s*(['"])(.+?)\1|^\s*import\s*(['"])(.+?)\3|\bimport\(\s*(['"])(.+?)\5/gm;

/** What a compiled module imports, statically or by `import()` of a name that is written there. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(imports)].map((found) => found[2] ?? found[4] ?? found[6] ?? '');
}

/** Follows the imports of compiled modules. `entries` are paths below `root`, with slashes. */
export function closureOf(root: string, entries: readonly string[]): Closure {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (name.startsWith('.')) waiting.push(posix.join(posix.dirname(file), name));
      else if (!isBuiltin(name)) packages.add(packageOf(name));
    }
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** The package that an import's name begins with. */
function packageOf(name: string): string {
  const [first = '', second = ''] = name.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
