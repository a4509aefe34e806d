import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MountedFile } from '../engines/run/index.ts';

/** Where agents look for their credentials in a container. */
const credentialsMount = '/credentials';

/** What one container has of its own on the disk: its home, its temporary files, and what is mounted into it. */
export interface PrivateDirectory {
  path: string;
  home: string;
  temporary: string;
  /** Where the container finds what was to be mounted at `/credentials`, if anything was. */
  credentials: string | undefined;
}

/** Where a private directory has its temporary files: known before it exists, because TMPDIR tells whose a process is. */
export function temporaryOf(path: string): string {
  return join(path, 'tmp');
}

/** Makes the directory, readable by its owner alone, with the mounted files in it (0400 or less; directories 0700). */
export function makePrivateDirectory(
  path: string,
  files: readonly MountedFile[],
): PrivateDirectory {
  const made: PrivateDirectory = {
    path,
    home: join(path, 'home'),
    temporary: temporaryOf(path),
    credentials: undefined,
  };
  for (const directory of [path, made.home, made.temporary]) makeOwn(directory);
  for (const file of files) {
    const directory = join(path, 'mounts', file.directory);
    makeOwn(directory);
    const target = join(directory, file.name);
    const mode = file.mode & 0o500;
    writeFileSync(target, file.content, { mode, flag: 'wx' });
    chmodSync(target, mode);
    if (`${file.directory}/`.startsWith(`${credentialsMount}/`))
      made.credentials = join(path, 'mounts', credentialsMount);
  }
  return made;
}

/**
 * Removes the directory with everything in it. A process that was just killed may still be writing a file: Node then
 * tries again, for up to a second or so.
 */
export function removePrivateDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

function makeOwn(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}
