import type { AuditEntry } from '../shared/audit/audit.ts';
import type { Ports } from '../shared/ports/index.ts';
import { type Killed, killRun } from '../shared/runs/kill.ts';
import type { Stop } from '../shared/runs/run.ts';
import type { World } from './world.ts';

/** Who kills in tests, and what stands on the run then. */
export const killer = { who: 'octavia', why: 'wrong branch' };
export const stop: Stop = { reason: 'killed', by: killer.who, why: killer.why };

export function kill(world: World, runId: string): Promise<Killed> {
  return killRun(world.ports, world.releases, runId, killer);
}

/** The audit entries of kills, each as a sentence. */
export async function auditsOfKills(world: World): Promise<string[]> {
  const found = await world.ports.documents.query<AuditEntry>({ collection: 'audit', limit: 100 });
  return found
    .filter(({ data }) => data.action === 'run.kill')
    .map(({ data: { who, target, why } }) => `${who} ${target}: ${why}`);
}

/** Ports whose calls of Cloud Run wait until they are let go on. */
export function holding(method: 'start' | 'cancel') {
  const held: (() => void)[] = [];
  const state = { hold: true, held };
  const wrap = (ports: Ports): Ports => ({
    ...ports,
    jobs: {
      ...ports.jobs,
      [method]: async (...args: never[]) => {
        if (state.hold) await new Promise<void>((release) => held.push(release));
        const call = ports.jobs[method] as (...args: never[]) => Promise<unknown>;
        return call(...args);
      },
    },
  });
  return { state, wrap };
}
