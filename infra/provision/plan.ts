import type { Command, Difference, FoundResource, Kind } from '../deployment/kind.ts';
import { isLabelled } from '../deployment/kinds/found.ts';
import {
  nameOf,
  type Resource,
  type ResourceKind,
  type ResourceName,
} from '../deployment/resource.ts';
import type { Inventory } from './inventory.ts';
import { countOf, kindOf, type Subject, wordFor } from './kinds.ts';

export type Action = 'create' | 'update' | 'replace' | 'remove';

/** One change, by one or more commands. */
export interface Step {
  /** Unique within its plan: "Create queue drover-poll". */
  title: string;
  /** What it is about. */
  resource: { kind: ResourceKind | LeftoverKind; id: string };
  action: Action;
  /** In order. Each may be done again. */
  commands: readonly Command[];
  /** One sentence: what Drover has the resource for, or why it goes. */
  why: string;
  /** Why what is there is not right; empty unless it is changed. */
  differences: readonly Difference[];
  /** What it changes, where steps of its kind next to it that change something else may go on at the same time. */
  lane?: string;
}

/** What runs leave in a project, and what people put there: no part of the list, and known by its labels. */
export type LeftoverKind = 'job' | 'secret';

/** What has to be done, in order. */
export interface Plan {
  steps: readonly Step[];
  /** What is there and cannot be changed, nor removed without losing something: a person must decide. */
  conflicts: readonly { resource: Resource; differences: readonly Difference[] }[];
  /** How many resources are as they should be. */
  unchanged: number;
}

/** What has to be done so that everything wanted is there as it should be, and nothing of ours that is not wanted any more. */
export function planOf(subject: Subject, { found }: Inventory): Plan {
  const { deployment, kinds, resources } = subject;
  const steps: Step[] = [];
  const conflicts: { resource: Resource; differences: readonly Difference[] }[] = [];
  let unchanged = 0;
  for (const resource of resources) {
    const kind = kindOf(kinds, resource.kind);
    const there = found.get(nameOf(resource));
    if (!there) {
      steps.push(stepOf(resource, 'create', kind.create(deployment, resource)));
      continue;
    }
    const differences = kind.compare(deployment, resource, there);
    if (differences.length === 0) {
      unchanged += 1;
      continue;
    }
    const update = kind.update(deployment, resource, there);
    if (update) steps.push(stepOf(resource, 'update', update, differences));
    else if (isForPeople(kind, there)) conflicts.push({ resource, differences });
    else {
      const anew = [
        ...kind.remove(deployment, resource.id, there),
        ...kind.create(deployment, resource),
      ];
      steps.push(stepOf(resource, 'replace', anew, differences));
    }
  }
  return {
    steps: [...together(subject, steps), ...unwanted(subject, { found })],
    conflicts,
    unchanged,
  };
}

/**
 * Whether a person must decide on what cannot be changed in place: it holds data, or lacks our label, so that somebody else made it
 * under a name of ours.
 */
export function isForPeople(
  { holdsData = false, carriesLabel = false }: Kind<Resource>,
  there: FoundResource,
): boolean {
  return holdsData || (carriesLabel && !isLabelled(there));
}

const verbs: { readonly [action in Action]: string } = {
  create: 'Create',
  update: 'Update',
  replace: 'Replace',
  remove: 'Remove',
};

function stepOf(
  resource: Resource,
  action: Action,
  commands: readonly Command[],
  differences: readonly Difference[] = [],
): Step {
  const { kind, id, why } = resource;
  return {
    title: titleOf(action, kind, id),
    resource: { kind, id },
    action,
    commands,
    why,
    differences,
    ...laneOf(kind, id),
  };
}

/**
 * Kinds of which none needs another of its kind, and of which Google lets several be changed at a time. Indexes and fields are not
 * among them: Firestore refuses changes of one database that meet.
 */
const independent: ReadonlySet<ResourceKind> = new Set<ResourceKind>([
  'service-account',
  'role',
  'queue',
  'topic',
  'subscription',
  'log-metric',
]);

/** A policy is read, changed and written: two bindings of one would get in each other's way. */
function laneOf(kind: ResourceKind, id: string): Pick<Step, 'lane'> {
  if (kind === 'binding') return { lane: / on (\S+) for /.exec(id)?.[1] ?? id };
  return independent.has(kind) ? { lane: id } : {};
}

function titleOf(action: Action, kind: ResourceKind, id: string): string {
  if (kind === 'api') return `Enable ${id}`;
  if (kind === 'binding') return action === 'remove' ? `Take ${id}` : `Grant ${id}`;
  return `${verbs[action]} ${wordFor[kind]} ${id}`;
}

function manyOf(kind: ResourceKind, count: number): string {
  if (kind === 'api') return `Enable ${count} services`;
  if (kind === 'binding') return `Grant ${count} roles`;
  return `Create ${countOf(wordFor[kind], count)}`;
}

/** What is ours and not wanted any more, the last made first. Only kinds of which something is wanted, or may have been, are looked at. */
function unwanted(subject: Subject, { found }: Inventory): Step[] {
  const { deployment, kinds, resources } = subject;
  const wanted = subject.wanted ?? new Set(resources.map(nameOf));
  const known = new Set(resources.map(({ kind }) => kind));
  return [...found]
    .filter(([name]) => !wanted.has(name))
    .map(([name, there]) => ({ ...namedBy(name), there }))
    .filter(({ kind }) => known.has(kind) || kindOf(kinds, kind).mayBeNone)
    .reverse()
    .flatMap(({ kind, id, there }) => {
      const commands = kindOf(kinds, kind).remove(deployment, id, there);
      return commands.length === 0
        ? []
        : [removal(kind, id, commands, 'Nothing needs it any more.')];
    });
}

export function removal(
  kind: ResourceKind,
  id: string,
  commands: readonly Command[],
  why: string,
): Step {
  return {
    title: titleOf('remove', kind, id),
    resource: { kind, id },
    action: 'remove',
    commands,
    why,
    differences: [],
    ...laneOf(kind, id),
  };
}

export function namedBy(name: ResourceName): { kind: ResourceKind; id: string } {
  const slash = name.indexOf('/');
  return { kind: name.slice(0, slash) as ResourceKind, id: name.slice(slash + 1) };
}

/** Makes all of a kind in the place of the first, where fewer commands do that. */
function together({ deployment, kinds, resources }: Subject, steps: readonly Step[]): Step[] {
  const createdOf = (kind: Step['resource']['kind']): Step[] =>
    steps.filter(({ action, resource }) => action === 'create' && resource.kind === kind);
  return steps.flatMap((step) => {
    const { kind } = step.resource;
    if (step.action !== 'create' || kind === 'job' || kind === 'secret') return [step];
    const all = createdOf(kind);
    const { createAll } = kindOf(kinds, kind);
    if (!createAll || all.length < 2) return [step];
    if (step !== all[0]) return [];
    const ids = new Set(all.map(({ resource }) => resource.id));
    const wanted = resources.filter((resource) => resource.kind === kind && ids.has(resource.id));
    return [
      {
        ...step,
        title: manyOf(kind, all.length),
        commands: createAll(deployment, wanted),
        why: all.map(({ why }) => why).join(' '),
      },
    ];
  });
}
