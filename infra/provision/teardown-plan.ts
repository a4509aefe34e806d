import type { FoundResource } from '../deployment/kind.ts';
import { isLabelled } from '../deployment/kinds/found.ts';
import type { Binding, ResourceKind } from '../deployment/resource.ts';
import type { Inventory } from './inventory.ts';
import { kindOf, type Subject } from './kinds.ts';
import { type Leftover, removeLeftover } from './leftovers.ts';
import { namedBy, type Plan, removal, type Step } from './plan.ts';

export interface TeardownOptions {
  /** Keeps the database with its runs, and the credentials and keys. */
  keepData: boolean;
}

/**
 * Kinds in the order in which they go: first what starts work, then what does it, then what that rests on. Services stay enabled:
 * others may use them.
 */
const order: readonly ResourceKind[] = [
  // Nobody is to be told that what goes is gone.
  'alert-policy',
  'notification-channel',
  'dashboard',
  'log-metric',
  'scheduler-job',
  'sink',
  'subscription',
  'topic',
  'queue',
  'function',
  'binding',
  'role',
  'service-account',
  'repository',
  'index',
  'field',
  'rules',
  'database',
];

/** What is of the database, and goes with it. Where the database is kept, so is this; where it stays for others, this goes all the same. */
const ofDatabase: ReadonlySet<ResourceKind> = new Set<ResourceKind>(['index', 'field']);

/** What has to be done so that nothing of ours is left. */
export function teardownPlan(
  subject: Subject,
  { found }: Inventory,
  leftovers: readonly Leftover[],
  { keepData }: TeardownOptions,
): Plan {
  const { deployment, kinds, resources } = subject;
  const database = found.get('database/(default)');
  const goes = database && kindOf(kinds, 'database').remove(deployment, '(default)', database);
  const isOfDatabase = keepData || (goes !== undefined && goes.length > 0);
  const bindings = new Map(
    resources
      .filter((resource): resource is Binding => resource.kind === 'binding')
      .map((binding) => [binding.id, binding]),
  );
  const stays = (kind: ResourceKind, id: string, there: FoundResource): boolean => {
    const { holdsData, carriesLabel } = kindOf(kinds, kind);
    if (carriesLabel && !isLabelled(there)) return true;
    if (keepData && (holdsData || kind === 'rules')) return true;
    if (isOfDatabase && ofDatabase.has(kind)) return true;
    // One of an account that is gone is none of the list's, and says itself what it is on.
    const on = bindings.get(id)?.on ?? (there.on as Binding['on'] | undefined);
    // What is bound to a thing of ours goes with it; what is bound to the project does not.
    return kind === 'binding' && on !== undefined && on.kind !== 'project';
  };
  const removals = order.map((kind) =>
    [...found]
      .map(([name, there]) => ({ ...namedBy(name), there }))
      .filter((each) => each.kind === kind && !stays(kind, each.id, each.there))
      .reverse()
      .flatMap(({ id, there }) => {
        const commands = kindOf(kinds, kind).remove(deployment, id, there);
        return commands.length === 0 ? [] : [removal(kind, id, commands, 'Drover goes.')];
      }),
  );
  const functionsGone = order.indexOf('function') + 1;
  return {
    steps: [
      ...removals.slice(0, functionsGone).flat(),
      ...leftovers
        .filter(({ isData }) => !(keepData && isData))
        .map((leftover): Step => leftoverStep(leftover, subject)),
      ...removals.slice(functionsGone).flat(),
    ],
    conflicts: [],
    unchanged: 0,
  };
}

function leftoverStep(leftover: Leftover, { deployment }: Subject): Step {
  const { kind, id, isData } = leftover;
  return {
    title: `Remove ${kind} ${id}`,
    resource: { kind, id },
    action: 'remove',
    commands: [removeLeftover(leftover, deployment)],
    why: isData ? 'A credential or a key, kept for Drover.' : 'A run had it.',
    differences: [],
    lane: id,
  };
}
