import { after, free, type State, unheard } from './model.ts';
import type { Operation } from './operation.ts';

/**
 * Whether what was asked of one lock can be put in an order in which each answer is right: one that takes every operation at
 * one instant between its question and its answer, of a lock that obeys {@link after}. (Wing and Gong, "Testing and verifying
 * concurrent objects", 1993: try whatever may be first, then the rest; what was tried in vain is not tried again.)
 *
 * Locks are judged one by one: a history of independent objects is linearizable if that of each of them is (Herlihy and Wing,
 * "Linearizability", 1990, theorem 1). Two things are not independent. A run ends for all of its locks at once; each lock is
 * judged as if it could choose the instant, which must only lie within the ending. An answer that tells of a deadlock is about
 * several locks; here it counts as the refusal that it is, and `rings.ts` judges the ring.
 */
export function isLinearizable(operations: readonly Operation[]): boolean {
  if (operations.length > mostOperations) {
    throw new Error(`${operations.length} operations on one lock are too many to judge`);
  }
  const search: Search = {
    answered: operations.filter(({ answer }) => answer).sort(byAnswer),
    silent: operations.filter((operation) => silentEffects(operation) > 0),
    late: new Set(operations.filter((operation) => isLate(operation, operations))),
    largestFence: largestFence(operations),
    failed: new Set(),
  };
  return canGoOn(search, { state: free, done: 0n, effects: 0n });
}

/**
 * The first answer of a lock that nothing explains: what was answered before it can be put in order, with it nothing can.
 * Undefined when the history is linearizable.
 */
export function inexplicable(operations: readonly Operation[]): Operation | undefined {
  if (isLinearizable(operations)) return undefined;
  return operations
    .filter(({ to }) => to)
    .sort(byAnswer)
    .find(({ to }) => !isLinearizable(until(to?.order ?? 0, operations)));
}

/** What was known when the answer of this order had come. */
function until(order: number, operations: readonly Operation[]): Operation[] {
  return operations
    .filter(({ from }) => from.order <= order)
    .map((operation) =>
      (operation.to?.order ?? 0) > order
        ? { ...operation, answer: undefined, to: undefined }
        : operation,
    );
}

interface Search {
  /** In the order of their answers. */
  answered: readonly Operation[];
  /** Those that may have had effects that nobody heard of. */
  silent: readonly Operation[];
  /** Those of runs that were over before they asked. */
  late: ReadonlySet<Operation>;
  largestFence: number;
  /** From where it was tried in vain. */
  failed: Set<string>;
}

/** How far an order has come. */
interface Place {
  state: State;
  /** The answered operations that are in it, a bit each. */
  done: bigint;
  /** How many effects that nobody heard of the silent ones have had, four bits each. */
  effects: bigint;
}

/** Beyond this a search would not end in good time. */
const mostOperations = 200;

function canGoOn(search: Search, place: Place): boolean {
  const { answered, silent } = search;
  // All of it is in order, and what was lost may never have happened.
  if (place.done === (1n << BigInt(answered.length)) - 1n) return true;
  const name = nameOf(place);
  if (search.failed.has(name)) return false;
  const open = answered.findIndex((_, index) => !isDone(place, index));
  // Whoever asked after this answer comes after the operation that got it.
  const limit = answered[open]?.to?.order ?? Number.POSITIVE_INFINITY;
  for (let index = open; index < answered.length; index += 1) {
    const operation = answered[index];
    if (!operation?.answer || isDone(place, index) || operation.from.order > limit) continue;
    const state = after(place.state, operation, operation.answer, search.late.has(operation));
    const done = place.done | (1n << BigInt(index));
    if (state && canGoOn(search, { ...place, state, done })) return true;
  }
  for (const [index, operation] of silent.entries()) {
    const isOpen = operation.from.order <= limit && !isOver(search, place, operation);
    if (isOpen && canAct(search, place, index, operation)) return true;
  }
  search.failed.add(name);
  return false;
}

/** Whether an operation has its place in the order already, with its answer. */
function isOver({ answered }: Search, place: Place, operation: Operation): boolean {
  return operation.answer !== undefined && isDone(place, answered.indexOf(operation));
}

/** Whether the order can go on with something that an operation does unheard. */
function canAct(search: Search, place: Place, index: number, operation: Operation): boolean {
  const shift = BigInt(4 * index);
  const had = Number((place.effects >> shift) & 15n);
  if (had === silentEffects(operation)) return false;
  const effects = place.effects + (1n << shift);
  return unheard(operation, place.state).some((answer) => {
    const state = after(place.state, operation, answer, search.late.has(operation));
    if (!state || state.fence > search.largestFence) return false;
    return canGoOn(search, { ...place, state, effects });
  });
}

/** How often an operation may have taken effect without anybody hearing of it: at each try whose answer was lost. */
function silentEffects({ answer, lost }: Operation): number {
  return answer ? lost : lost + 1;
}

/** No fence needs to grow beyond the largest that was told and one for each acquisition that nobody heard of. */
function largestFence(operations: readonly Operation[]): number {
  const told = operations.map(({ answer }) => (answer && 'fence' in answer ? answer.fence : 0));
  const unheard = operations.map((operation) =>
    operation.ask.verb === 'acquire' ? silentEffects(operation) : 0,
  );
  return unheard.reduce((sum, count) => sum + count, Math.max(0, ...told));
}

function isLate({ run, from, ask }: Operation, operations: readonly Operation[]): boolean {
  if (ask.verb === 'end') return false;
  return operations.some(
    (other) =>
      other.ask.verb === 'end' &&
      other.run === run &&
      other.answer !== undefined &&
      (other.to?.order ?? Number.POSITIVE_INFINITY) < from.order,
  );
}

function byAnswer(one: Operation, other: Operation): number {
  return (one.to?.order ?? 0) - (other.to?.order ?? 0);
}

function isDone({ done }: Place, index: number): boolean {
  return ((done >> BigInt(index)) & 1n) === 1n;
}

function nameOf({ state, done, effects }: Place): string {
  const { holder, fence, taken, since, until, now, changed, over, last } = state;
  const spans = [taken, since, until].map(({ low, high }) => `${low},${high}`);
  const ended = last ? [last.holder, last.fence, last.loss, last.by] : [];
  return [done, effects, holder, fence, ...spans, now, changed, over, ...ended].join(' ');
}
