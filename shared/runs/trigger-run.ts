import type { Actor } from '../audit/audit.ts';
import type { Ports } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { largestInput } from './input.ts';
import { causeOf } from './names.ts';
import { type Requested, requestRun } from './request.ts';
import type { TracePlace } from './trace.ts';

/** What a person wants run. */
export interface ManualRun {
  agent: string;
  /** What to do, beside what the agent's instructions say; null or blank: nothing. */
  prompt: string | null;
  /** Idempotency key: the same one twice is one run. Null: this request is like no other. */
  key: string | null;
  actor: Actor;
  /** Its place in the trace of whoever asks. */
  asker?: TracePlace | undefined;
}

/** Admits a run because a person asks for it. Of a paused agent it waits, and the answer says so (D10). */
export async function triggerRun(
  ports: Ports,
  settings: Settings,
  published: Published,
  { agent, prompt, key, actor, asker }: ManualRun,
): Promise<Requested> {
  const text = prompt === null || prompt.trim() === '' ? null : prompt.toWellFormed();
  const bytes = Buffer.byteLength(text ?? '');
  if (bytes > largestInput) {
    const why = `a prompt may have ${largestInput} bytes, and this one has ${bytes}: put the rest where the agent can read it`;
    return { ok: false, code: 'prompt_too_long', why };
  }
  return requestRun(ports, settings, published, {
    agent,
    cause: causeOf('manual', agent, key ?? randomKey(ports)),
    trigger: { type: 'manual', by: actor.who },
    context: null,
    prompt: text,
    asker,
    actor,
    action: 'run.trigger',
  });
}

/** A key that nobody else has. */
export function randomKey({ random }: Pick<Ports, 'random'>): string {
  return Buffer.from(random.bytes(16)).toString('hex');
}
