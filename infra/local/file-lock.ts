import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';

/** Locks that this process holds; a lock file with our own process id that is not among them is a predecessor's. */
const held = new Set<string>();

/**
 * Takes a lock file that names this process. One that a killed process left behind is taken over.
 *
 * @throws when a living process, this one included, holds it.
 */
export function takeLock(file: string): { release(): void } {
  if (held.has(file)) throw new Error(`${file} is held by this process already`);
  if (!write(file)) {
    const owner = Number(read(file));
    if (owner !== process.pid && alive(owner)) {
      throw new Error(
        `${file} is held by process ${owner}, another local cloud on the same directory; stop it first`,
      );
    }
    remove(file);
    if (!write(file)) throw new Error(`${file} was taken by another process just now`);
  }
  held.add(file);
  return {
    release: () => {
      if (held.delete(file)) remove(file);
    },
  };
}

/** Linked into place, so that nobody ever reads a lock file that does not name its owner yet. */
function write(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    remove(own);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
