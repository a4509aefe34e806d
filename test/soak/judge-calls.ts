import { callerOf, originOf } from '../../shared/runs/trigger.ts';
import { agentOf, answerTo } from './agents.ts';
import type { Evidence } from './evidence.ts';
import type { Court } from './violation.ts';

/** Each call was made once, has one run, and was answered with what that run returned. */
export function judgeCalls({ hold }: Court, { calls, containers, runs }: Evidence): void {
  const called = new Map<string, string[]>();
  for (const { id, data } of runs.values()) {
    if (data.trigger.type !== 'call') continue;
    const call = data.trigger.call ?? '';
    called.set(call, [...(called.get(call) ?? []), id]);
    hold(calls.has(call), 'calls', () => `${id} was called by ${call}, which is not there`, id);
  }
  for (const [id, { caller, run, state, returnValue }] of calls) {
    const own = called.get(id) ?? [];
    hold(
      own.length === 1 && own[0] === run,
      'calls',
      () => `${id} has the runs [${own}], and names ${run}`,
      caller,
    );
    const isAnswered = state === 'completed' && returnValue === answerTo(id);
    hold(isAnswered, 'calls', () => `${id} of ${caller} is ${state} with ${returnValue}`, caller);
    const asks = [...calls.values()].filter((other) => other.caller === caller).length;
    hold(asks === 1, 'calls', () => `${caller} made ${asks} calls`, caller);
  }
  for (const { run, lines } of containers) {
    if (agentOf(runs.get(run)?.data.agent ?? '')?.role !== 'calls') continue;
    for (const line of lines) {
      if (line.what !== 'called' && line.what !== 'answered') continue;
      const isKnown = calls.get(line.call)?.caller === run;
      hold(
        isKnown,
        'calls',
        () => `${run} was given the call ${line.call}, which is not its own`,
        run,
      );
    }
  }
  for (const { id, data } of runs.values()) {
    const caller = callerOf(data.trigger);
    if (originOf(data.trigger).type !== 'call' || caller === undefined) continue;
    const isNamed = runs.get(caller)?.data.calls.includes(id) === true;
    hold(isNamed, 'calls', () => `${caller} does not name ${id}, which it called`, caller);
  }
}
