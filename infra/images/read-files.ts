import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../cli/errors.ts';
import type { Files, UploadedFile } from '../deploy/content-hash.ts';

/** Most bytes of one directory of files: they are held in memory, and uploaded for each image that they go into. */
export const mostBytes = 500_000_000;

/**
 * All files below a directory but those whose path, from the directory, `isLeftOut` names; what it names of a directory is left out
 * with all that is in it. Links are followed.
 *
 * @throws Failure `WRONG_PROJECT_FILES`: a link that leads nowhere or in a ring, a file that cannot be read, too many bytes.
 */
export function readFiles(
  root: string,
  isLeftOut: (path: string) => boolean = () => false,
  limit = mostBytes,
): Files {
  const files = new Map<string, UploadedFile>();
  let bytes = 0;
  const read = (directory: string, prefix: string, above: readonly string[]): void => {
    const real = readable(directory, () => realpathSync(directory));
    if (above.includes(real)) {
      throw wrong(
        `${directory} is a link to a directory that it is in: it would go in without end.`,
      );
    }
    for (const name of readable(directory, () => readdirSync(directory)).sort()) {
      const path = `${prefix}${name}`;
      if (isLeftOut(path)) continue;
      const file = join(directory, name);
      const found: Stats = readable(file, () => statSync(file));
      if (found.isDirectory()) read(file, `${path}/`, [...above, real]);
      else if (found.isFile()) {
        bytes += found.size;
        if (bytes > limit) {
          throw wrong(
            `${root} has more than ${Math.floor(limit / 1_000_000)} MB of files, which is more than goes into an image. Have the Dockerfile fetch what is large.`,
          );
        }
        const executable = (found.mode & 0o111) !== 0;
        files.set(path, { bytes: readable(file, () => readFileSync(file)), executable });
      }
    }
  };
  read(root, '', []);
  return files;
}

function readable<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ELOOP' ? 'a link that leads nowhere' : code;
    throw wrong(`${file} is to go into an image and cannot be read: ${why}.`, cause);
  }
}

function wrong(what: string, cause?: unknown): Failure {
  return new Failure('WRONG_PROJECT_FILES', what, { cause });
}
