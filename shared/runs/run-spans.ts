import type { Document, Span } from '../ports/index.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';
import { spanOf } from './trace.ts';
import { callerOf } from './trigger.ts';

/**
 * A run that is over as spans of its trace: itself, from its admission to its end, and below it each state that it was in. What its
 * container records hangs below the run, whose span it is told as `traceparent`. Asked twice, they are the same ones.
 */
export function runSpans({ id, data }: Document<Run>): Span[] {
  const entered = Object.entries(data.times)
    .map(([state, at]) => ({ state: state as Run['state'], at: Date.parse(at) }))
    .sort((one, other) => one.at - other.at);
  const [first] = entered;
  const last = entered.find(({ state }) => isOver(state));
  if (!first || !last) return [];
  const { trace, agent, state, reason, release } = data;
  const attributes = { 'drover.run': id, 'drover.agent': agent };
  const run: Span = {
    trace,
    id: spanOf(id),
    parent: parentOf(data),
    name: `run ${agent}`,
    kind: 'internal',
    startedAt: first.at,
    endedAt: last.at,
    attributes: {
      ...attributes,
      'drover.state': state,
      'drover.release': release,
      'drover.trigger': data.trigger.type,
      ...(reason !== null && { 'drover.reason': reason }),
    },
    isError: state === 'failed' || state === 'timed_out' || state === 'lost',
  };
  const states = entered.flatMap((each, at): Span[] => {
    const next = entered[at + 1];
    if (!next || isOver(each.state)) return [];
    return [
      {
        trace,
        id: spanOf(id, each.state),
        parent: run.id,
        name: each.state,
        kind: 'internal',
        startedAt: each.at,
        endedAt: next.at,
        attributes,
        isError: false,
      },
    ];
  });
  return [run, ...states];
}

/** What a run is a part of: the request that asked for it, the run that called for it, or the one that it follows. */
function parentOf({ askedBy, trigger }: Run): string | null {
  if (askedBy !== undefined) return askedBy;
  const before = trigger.type === 'rerun' ? trigger.of : callerOf(trigger);
  return before === undefined ? null : spanOf(before);
}
