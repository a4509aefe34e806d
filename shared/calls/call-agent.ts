import { concurrencyKeyOf } from '../agents/concurrency.ts';
import { readSpeaker } from '../locks/holder.ts';
import { optimistically } from '../optimistic.ts';
import { type Document, type Ports, SERVER_TIME, type Write } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Published, Releases } from '../projects/release.ts';
import { admission, configurationOf } from '../runs/admit.ts';
import { advance } from '../runs/advance.ts';
import { type ChosenId, chooseRunId } from '../runs/choose-id.ts';
import { inputWrites, largestInput, readInput } from '../runs/input.ts';
import { causeOf } from '../runs/names.ts';
import type { Run } from '../runs/run.ts';
import type { OriginTrigger } from '../runs/trigger.ts';
import { randomKey } from '../runs/trigger-run.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { summaryOf } from './answer.ts';
import { type Call, callIdOf, callPath } from './call.ts';
import { chainBelow, refusalOf } from './refuse.ts';

/** What one agent asks of another. */
export interface CallRequest {
  /** The secret of the run that asks. */
  secret: string;
  /** The agent that it asks. */
  target: string;
  /** What it is to do. */
  context: string;
  /** Idempotency key: the same one twice is one call of that run. Null: this request is like no other. */
  key: string | null;
  /** Whether the caller wants to know what comes of it. */
  wantsAnswer: boolean;
}

/** What a request of one agent to another came to. */
export type Called =
  /** There is a call of that id where an answer is wanted. */
  | { outcome: 'accepted'; callId: string; runId: string }
  /** The secret is nobody's, or its run is over. */
  | { outcome: 'no such run' }
  /** No project is published. */
  | { outcome: 'not ready' }
  /** It cannot be, as things stand. */
  | { outcome: 'refused'; why: string }
  /** What the other is to be told is too long. */
  | { outcome: 'too large'; why: string };

/** Runs that a run lists as called by it: it must stay a page (D11). */
const mostListed = 100;

/**
 * Admits a run of one agent because another asks for it. Call, run, and the caller's own word that it called stand in one commit;
 * the caller's document guards it, so that nobody calls who is over. Of a paused agent or project it waits (D10).
 */
export async function callAgent(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  request: CallRequest,
): Promise<Called> {
  const { secret, target, context } = request;
  const key = request.key ?? randomKey(ports);
  const called = await optimistically(ports, async (commit): Promise<Called> => {
    const [caller, published] = await Promise.all([readSpeaker(ports, secret), releases.current()]);
    if (!caller) return { outcome: 'no such run' };
    if (!published) return { outcome: 'not ready' };
    const cause = causeOf(request.wantsAnswer ? 'call' : 'trigger', caller.id, target, key);
    const callId = callIdOf(cause);
    const call = request.wantsAnswer ? callId : null;
    const why = refusalOf(caller.data, target, published.release);
    // What nobody is called must not become a path.
    if (why !== undefined && !agentIn(published.release, target))
      return { outcome: 'refused', why };
    const chosen = await chooseRunId(ports, target, cause);
    // Before it is refused: an agent that was disabled since then does not undo what was accepted.
    if (chosen.isTaken) return repeated(ports, chosen, callId, context);
    if (why !== undefined) return { outcome: 'refused', why };
    const size = tooLarge(context);
    if (size !== undefined) return { outcome: 'too large', why: size };
    const trigger = triggerOf(caller, call);
    const asked = { caller, published, target, context, cause, trigger, chosen };
    await commit(callWrites(settings, asked, ports.clock.now()));
    return { outcome: 'accepted', callId, runId: chosen.id };
  });
  if (called.outcome === 'accepted') {
    ports.log.info('agent called', { runId: called.runId, agent: target, callId: called.callId });
    await wakeDispatch(ports, target);
  }
  return called;
}

type CallTrigger = Extract<OriginTrigger, { type: 'call' }>;

function triggerOf(caller: Document<Run>, call: string | null): CallTrigger {
  const chain = chainBelow(caller.data);
  return { type: 'call', call, caller: caller.id, chain, depth: chain.length };
}

/** Why the other agent cannot be told this; undefined: it can. Nothing of it is ever cut. */
function tooLarge(context: string): string | undefined {
  const bytes = Buffer.byteLength(context);
  return bytes > largestInput
    ? `context of ${bytes} bytes is over the limit of ${largestInput}: put the rest where the other agent can read it`
    : undefined;
}

/** The answer to a request that was made before: with its key, or by ourselves, who got no answer to the commit. */
async function repeated(
  ports: Ports,
  { id }: ChosenId,
  callId: string,
  context: string,
): Promise<Called> {
  const run = await ports.documents.get<Run>(`runs/${id}`);
  if (run && (await readInput(ports, run)) !== context) {
    const why = 'its idempotency key was used for another context: take a new one';
    return { outcome: 'refused', why };
  }
  return { outcome: 'accepted', callId, runId: id };
}

/** A call that may be made. */
interface AskedCall {
  caller: Document<Run>;
  published: Published;
  target: string;
  context: string;
  cause: string;
  trigger: CallTrigger;
  chosen: ChosenId;
}

function callWrites(settings: Settings, asked: AskedCall, now: number): Write[] {
  const { caller, published, target, context, cause, trigger, chosen } = asked;
  const agent = agentIn(published.release, target);
  if (!agent) throw new Error(`release ${published.id} has no agent ${target}`);
  const calls = [...caller.data.calls, chosen.id].slice(-mostListed);
  const why = `it called ${target}: ${chosen.id}`;
  const admitted = admission(settings, {
    id: chosen.id,
    agent: target,
    cause,
    release: published.id,
    configuration: configurationOf(agent, published.release),
    context: null,
    prompt: context,
    concurrencyKey: concurrencyKeyOf(agent, null),
    trigger,
    trace: caller.data.trace,
    why: `${caller.id} called`,
    now,
  });
  return [
    ...advance(caller, { event: 'note', why, set: { calls } }, now),
    admitted,
    ...inputWrites(chosen.id, context, now),
    ...recordOf(caller, asked),
  ];
}

/** The write of the call document, for a caller that wants an answer. */
function recordOf(caller: Document<Run>, { target, trigger, chosen }: AskedCall): Write[] {
  if (trigger.call === null) return [];
  const call: Omit<Call, 'at'> = {
    summary: summaryOf({ caller: caller.id, agent: target }, `waits for ${chosen.id}`),
    caller: caller.id,
    callerAgent: caller.data.agent,
    agent: target,
    run: chosen.id,
    state: 'pending',
    depth: trigger.depth,
    returnValue: null,
    returnBytes: null,
    error: null,
    keptDays: caller.data.keptDays,
    expireAt: null,
  };
  return [{ op: 'create', path: callPath(trigger.call), data: { ...call, at: SERVER_TIME } }];
}
