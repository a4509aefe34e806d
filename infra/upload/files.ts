import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../local/repository.ts';
import { compileCache, fillingProgram } from './compile-cache.ts';
import { type LockFile, lockOf } from './lock.ts';
import { closureOf } from './modules.ts';

/** Where the compiled functions are, below the repository's root and in what is uploaded. */
const compiled = 'dist';
const entry = 'functions/index.js';

/** What is uploaded of a package.json; `dependencies` are exact versions. */
interface Manifest {
  name: string;
  version: string;
  type: string;
  dependencies: { [name: string]: string };
}

/**
 * Everything that is uploaded for the functions, by path: the compiled modules that they import, and a package.json and
 * package-lock.json with nothing but the packages that those import. One upload serves every function.
 *
 * There are no development dependencies and no script `build`: the buildpack installs what the functions need and no more, and
 * compiles nothing but Node's own cache.
 *
 * @throws Error when the functions are not compiled, or import a package that package.json does not have.
 */
export function uploadedFiles(): { [path: string]: string } {
  const root = repositoryRoot();
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const { files, packages } = closureOf(join(root, compiled), [entry, fillingProgram]);
  const whole = JSON.parse(read('package.json')) as Manifest;
  const { name, version, type } = whole;
  const variables = Object.entries(compileCache)
    .map((pair) => pair.join('='))
    .join(' ');
  const dependencies = Object.fromEntries(
    packages.map((each) => {
      const wanted = whole.dependencies[each];
      if (wanted === undefined)
        throw new Error(`package.json has no ${each}, which the functions import`);
      return [each, wanted];
    }),
  );
  const manifest = {
    name,
    version,
    private: true,
    type,
    main: `${compiled}/${entry}`,
    // What the buildpack runs once the packages are installed (buildpacks docs, "Node.js", custom build steps).
    scripts: { 'gcp-build': `${variables} node ${compiled}/${fillingProgram}` },
    dependencies,
  };
  const lock = lockOf(JSON.parse(read('package-lock.json')) as LockFile, {
    name,
    version,
    dependencies,
  });
  return {
    'package.json': printed(manifest),
    'package-lock.json': printed(lock),
    ...Object.fromEntries(
      files.map((file) => [`${compiled}/${file}`, read(`${compiled}/${file}`)]),
    ),
  };
}

function printed(json: unknown): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
