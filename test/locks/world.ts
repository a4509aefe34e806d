import { acquireLock } from '../../shared/locks/acquire.ts';
import { keepLock } from '../../shared/locks/heartbeat.ts';
import { type Lock, lockPath } from '../../shared/locks/lock.ts';
import { releaseLock } from '../../shared/locks/release.ts';
import { CloudError, type Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { projectOf } from '../project.ts';
import { createWorld } from '../world.ts';
import { putRun } from './runs.ts';

/** A world with these runs in it, and what their containers ask of the gateway. */
export async function lockWorld(runs: readonly string[], project: Partial<Project> = {}) {
  const world = await createWorld({ project: { ...projectOf({ dev: {} }), ...project } });
  const { ports, releases } = world;
  const secrets: { [run: string]: string } = {};
  for (const run of runs) secrets[run] = await putRun(ports, run);
  const request = (run: string, key: string) => ({ secret: secrets[run] ?? '', key });
  return {
    ...world,
    secrets,
    request,
    acquire: (run: string, key: string, ttl?: number) =>
      acquireLock(ports, releases, { ...request(run, key), ttl }),
    keep: (run: string, key: string, ttl?: number) =>
      keepLock(ports, releases, { ...request(run, key), ttl }),
    release: (run: string, key: string) => releaseLock(ports, request(run, key)),
    lock: async (key: string): Promise<Lock | undefined> =>
      (await ports.documents.get<Lock>(lockPath(key)))?.data,
  };
}

/** Ports that lose the answer to a commit after it took effect, for as long as `lose` says so. */
export function losingAnswers(ports: Ports, lose: () => boolean): Ports {
  const { documents } = ports;
  return {
    ...ports,
    documents: {
      ...documents,
      commit: async (writes) => {
        const versions = await documents.commit(writes);
        if (lose()) throw new CloudError('deadline_exceeded', 'no answer');
        return versions;
      },
    },
  };
}
