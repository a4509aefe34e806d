import { withAnswers } from '../deployment/answers.ts';
import type { Command, FoundResource } from '../deployment/kind.ts';
import {
  type Binding,
  nameOf,
  type Resource,
  type ResourceKind,
  type ResourceName,
} from '../deployment/resource.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';
import { kindOf, type Subject, serviceOf } from './kinds.ts';
import { inLanes } from './lanes.ts';

/** What is there of ours. */
export interface Inventory {
  found: ReadonlyMap<ResourceName, FoundResource>;
}

/** An inventory that found nothing: what is known of a project that nobody asked. */
export const nothing: Inventory = { found: new Map() };

/** Questions that are asked at a time. Each takes a gcloud process, which takes a second of a processor. */
const questionsAtATime = 4;

/**
 * Asks Google what is there of ours, of the kinds that the subject has, and changes nothing. What a service holds that is off cannot be seen, and counts as not there.
 *
 * @throws GoogleRefusal when something may not be seen: a plan without it would be wrong.
 */
export async function inventory(google: Google, subject: Subject): Promise<Inventory> {
  const found = new Map<ResourceName, FoundResource>();
  const look = async (kind: ResourceKind, wanted: readonly Resource[]) => {
    const { deployment, kinds } = subject;
    const handled = kindOf(kinds, kind);
    const answers = await ask(google, handled.list(deployment, wanted));
    const read = [...handled.read(deployment, wanted, answers)];
    return read.map(([id, resource]) => [nameOf({ kind, id }), resource] as const);
  };
  const keep = (seen: readonly (readonly [ResourceName, FoundResource])[]): void => {
    for (const [name, resource] of seen) found.set(name, resource);
  };
  const wantedOf = (kind: ResourceKind): Resource[] =>
    subject.resources.filter((resource) => resource.kind === kind);

  keep(await look('api', wantedOf('api')));
  const visible = (Object.keys(serviceOf) as ResourceKind[]).filter((kind) => {
    const isAsked = wantedOf(kind).length > 0 || kindOf(subject.kinds, kind).mayBeNone;
    const service = isAsked ? serviceOf[kind] : null;
    return service !== null && found.has(nameOf({ kind: 'api', id: service }));
  });
  const seen = await inLanes(questionsAtATime, visible, (kind) => look(kind, wantedOf(kind)));
  seen.forEach(keep);
  // Bindings come last: what is not there has none, and each thing that is has to be asked.
  const bindings = wantedOf('binding') as Binding[];
  const isSought = (kind: string): boolean => subject.resources.some((each) => each.kind === kind);
  const visibleBindings = bindings.filter(
    ({ on }) => !isSought(on.kind) || found.has(nameOf(on as Named)),
  );
  keep(await look('binding', visibleBindings));
  return { found };
}

type Named = Parameters<typeof nameOf>[0];

/** The answers of a kind's questions, in their order; undefined where there is nothing that could answer. */
async function ask(google: Google, commands: readonly Command[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  const needy = commands.filter((command) => withAnswers(command, []) === undefined);
  const free = commands.filter((command) => !needy.includes(command));
  await inLanes(questionsAtATime, free, async (command) => {
    answers[commands.indexOf(command)] = await answerTo(google, command);
  });
  for (const command of needy) {
    const whole = withAnswers(command, answers);
    answers[commands.indexOf(command)] = whole && (await answerTo(google, whole));
  }
  return Array.from(commands, (_, at) => answers[at]);
}

async function answerTo(google: Google, command: Command): Promise<unknown> {
  try {
    return await execute(google, command);
  } catch (error) {
    if (isRefusal(error, 'not_found')) return undefined;
    if (isRefusal(error) && error.service !== undefined) return undefined;
    throw error;
  }
}
