import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Files } from '../deploy/content-hash.ts';

/**
 * Puts files into a directory of their own, from which they are uploaded. An image has them with the modes that they have here, and
 * its user is another than ours: everybody may read them, whatever the umask of this machine is.
 */
export function stageFiles(files: Files, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  const made = new Set<string>();
  const make = (path: string): void => {
    if (made.has(path)) return;
    made.add(path);
    mkdirSync(path, { recursive: true });
    if (path !== directory) make(dirname(path));
    chmodSync(path, 0o755);
  };
  make(directory);
  for (const [path, { bytes, executable }] of files) {
    const file = join(directory, path);
    make(dirname(file));
    writeFileSync(file, bytes);
    chmodSync(file, executable ? 0o755 : 0o644);
  }
}
