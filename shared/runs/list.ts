import { type NewestPage, newest, type Place, placeOf } from '../newest.ts';
import type { Document, Ports, Query } from '../ports/index.ts';
import type { Reason } from './reasons.ts';
import type { Run } from './run.ts';
import type { RunState } from './states.ts';
import { deliveryOf, type Trigger } from './trigger.ts';

/** Which runs a list has; what is left out does not matter. */
export interface RunFilter {
  agent?: string | undefined;
  /** Any of these. */
  states?: readonly RunState[] | undefined;
  reason?: Reason | undefined;
  trigger?: Trigger['type'] | undefined;
  /** Id of the delivery that they go back to. */
  delivery?: string | undefined;
  /** Admitted at this time or later, in ms since the epoch. */
  since?: number | undefined;
}

type Condition = NonNullable<Query['where']>[number];

/** Runs that one page looks at, at most, to find those that Firestore cannot select. */
const mostLooked = 1_000;
/** Runs that are looked at in one go for that. */
const batch = 200;

/**
 * A page of runs, the newest first. Firestore selects by agent, states, reason and time; trigger and delivery are looked for in
 * what it selects, so that a page may have fewer runs than asked for and still a next one.
 */
export async function listRuns(
  ports: Pick<Ports, 'documents'>,
  filter: RunFilter,
  limit: number,
  after: Place | null = null,
): Promise<NewestPage<Run>> {
  const isSelected = filter.trigger === undefined && filter.delivery === undefined;
  const found: Document<Run>[] = [];
  let place = after;
  for (let looked = 0; looked < mostLooked; ) {
    const page = await newest<Run>(ports, {
      collection: 'runs',
      where: selection(filter),
      time: 'admittedAt',
      limit: isSelected ? limit : batch,
      after: place,
    });
    for (const run of page.documents) {
      if (!matches(run.data, filter)) continue;
      // Its page is full, and there is at least this one more.
      if (found.length === limit) return { documents: found, next: lastOf(found) };
      found.push(run);
    }
    looked += page.documents.length;
    place = page.next;
    if (place === null || isSelected) break;
  }
  return { documents: found, next: place };
}

function lastOf(runs: readonly Document<Run>[]): Place | null {
  const last = runs.at(-1);
  return last ? placeOf(last, 'admittedAt') : null;
}

/** How many runs there are that Firestore can select by this; counted no further than `limit`. */
export async function countRuns(
  { documents }: Pick<Ports, 'documents'>,
  filter: Pick<RunFilter, 'agent' | 'states' | 'since'>,
  limit: number,
): Promise<number> {
  return documents.count({ collection: 'runs', where: selection(filter), limit });
}

function selection({ agent, states, reason, since }: RunFilter): Condition[] {
  const where: Condition[] = [];
  if (agent !== undefined) where.push(['agent', '==', agent]);
  if (states !== undefined) where.push(['state', 'in', [...states]]);
  if (reason !== undefined) where.push(['reason', '==', reason]);
  if (since !== undefined) where.push(['admittedAt', '>=', new Date(since)]);
  return where;
}

function matches({ trigger }: Run, filter: RunFilter): boolean {
  const { trigger: type = trigger.type, delivery = deliveryOf(trigger) } = filter;
  return trigger.type === type && deliveryOf(trigger) === delivery;
}
