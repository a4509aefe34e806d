import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../local/repository.ts';

/** The version of this Drover, as releases name it: that of its package. */
export function droverVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(join(repositoryRoot(), 'package.json'), 'utf8'),
  );
  const { version } = manifest as { version?: unknown };
  if (typeof version !== 'string') throw new Error('package.json has no version');
  return version;
}
