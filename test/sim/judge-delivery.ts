import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Case } from './case.ts';
import { hold } from './laws.ts';

/** Judges what is written of a delivery: what its release makes of it, agent by agent, and the runs of those that want it. */
export function judgeDeliveries({ ledger, committed }: Case): void {
  for (const { path, data } of committed.documents) {
    const [collection, id, below] = path.split('/');
    if (collection !== 'deliveries' || below !== undefined) continue;
    const delivery = data as Delivery;
    const release = ledger.release(delivery.release);
    const what = `delivery ${id} (${delivery.event})`;
    hold(release !== undefined, 'deliveries', `${what} is of no release: ${delivery.release}`);
    if (!release) continue;
    for (const agent of Object.keys(release.agents)) {
      const run = delivery.runs[agent];
      const why = delivery.unmatched[agent] ?? [];
      const wants = wantsEvent(release, agent, delivery.event);
      const isSaid = wants ? run !== undefined : run === undefined && why.join('') !== '';
      hold(isSaid, 'deliveries', `${what}: ${agent} has ${run ?? `no run: ${why}`}`, run);
      if (run !== undefined) hold(ledger.runs.has(run), 'deliveries', `${what}: no ${run}`, run);
    }
  }
}

/** Whether an agent is to run for an event: it is not disabled, and one of its triggers takes it. */
function wantsEvent({ agents }: Project, name: string, event: string): boolean {
  const { scale = 0, webhooks = [] } = agents[name] ?? {};
  return scale > 0 && webhooks.some(({ filters: { events } }) => events?.includes(event) ?? true);
}
