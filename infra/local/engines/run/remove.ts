import { endPending } from './endings.ts';
import type { RunState } from './state.ts';
import type { ExecutionRecord } from './types.ts';

/** Hides an execution from its readers, stops what runs of it, and forgets it when nothing does. */
export function removeExecution(state: RunState, execution: ExecutionRecord): void {
  if (execution.phase === 'over') {
    state.dropExecution(execution.name);
    return;
  }
  const removed: ExecutionRecord = { ...execution, deleted: true };
  removed.stop = { ...execution.stop, why: 'deleted' };
  state.saveExecution(removed);
  if (removed.phase === 'pending') endPending(state, removed);
}
