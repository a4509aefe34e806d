import { readSpeaker } from '../locks/holder.ts';
import { optimistically } from '../optimistic.ts';
import type { Found, Ports } from '../ports/index.ts';
import { readReturnValue } from '../runs/return-value.ts';
import type { Run } from '../runs/run.ts';
import { answerError } from './answer.ts';
import { type Call, type CallState, callErrors, callPath, isCallId, isLate } from './call.ts';

/** How a call stands, for the run that made it. */
export type CallRead =
  | {
      outcome: 'found';
      state: CallState;
      /** All of what its run returned; null: nothing, or nothing yet. */
      returnValue: string | null;
      error: string | null;
    }
  /** The secret is nobody's, or its run is over. */
  | { outcome: 'no such run' }
  /** There is none, or it is another run's. */
  | { outcome: 'no such call' };

/** How a call stands. A call that has been open for too long comes to nothing now, when somebody looks. */
export async function readCall(
  ports: Ports,
  { secret, callId }: { secret: string; callId: string },
): Promise<CallRead> {
  const found = await optimistically(ports, async (commit) => {
    const [caller, call] = await Promise.all([
      readSpeaker(ports, secret),
      isCallId(callId) ? ports.documents.get<Call>(callPath(callId)) : undefined,
    ]);
    if (!caller) return 'no such run';
    if (!call || call.data.caller !== caller.id) return 'no such call';
    if (call.data.state !== 'pending' || !isLate(call.data, call.readAt)) return call;
    await commit([answerError(call, callErrors.late, ports.clock.now())]);
    return { ...call, data: { ...call.data, state: 'error', error: callErrors.late } as const };
  });
  if (typeof found === 'string') return { outcome: found };
  const { state, error } = found.data;
  if (state === 'pending') {
    const open = await stateOfOpen(ports, found);
    return { outcome: 'found', state: open, returnValue: null, error: null };
  }
  const { run, returnValue, returnBytes } = found.data;
  const value =
    run === null ? null : await readReturnValue(ports, run, { returnValue, returnBytes });
  return { outcome: 'found', state, returnValue: value, error };
}

/** Whether an open call's run has left the queue; it answers the call in the commit of its end. */
async function stateOfOpen(
  { documents }: Pick<Ports, 'documents'>,
  { data }: Found<Call>,
): Promise<CallState> {
  const run = data.run === null ? undefined : await documents.get<Run>(`runs/${data.run}`);
  return run && run.data.state !== 'queued' ? 'running' : 'pending';
}
