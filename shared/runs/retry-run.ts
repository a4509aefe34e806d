import type { Actor } from '../audit/audit.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import type { Settings } from '../settings.ts';
import { readInput } from './input.ts';
import { causeOf } from './names.ts';
import { type Requested, requestRun } from './request.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';
import { type OriginTrigger, originOf } from './trigger.ts';
import { randomKey } from './trigger-run.ts';

/**
 * Runs a finished run again because a person asks for it: the same event or the same prompt, under the release that is current
 * now. What an event asked for is a replay of its delivery; anything else becomes a manual run.
 *
 * @param key Idempotency key: the same one twice is one run. Null: this request is like no other.
 */
export async function retryRun(
  ports: Ports,
  settings: Settings,
  releases: Releases,
  runId: string,
  actor: Actor,
  key: string | null,
): Promise<Requested> {
  const [run, published] = await Promise.all([
    ports.documents.get<Run>(`runs/${runId}`),
    releases.current(),
  ]);
  if (!run) return { ok: false, code: 'unknown_run', why: `there is no run ${runId}` };
  const { state, agent, context, trigger } = run.data;
  if (!isOver(state)) {
    return {
      ok: false,
      code: 'not_over',
      why: `${runId} is ${state}: only what is over can be repeated`,
    };
  }
  if (!published) return { ok: false, code: 'unknown_agent', why: 'no project is published' };
  const prompt = await readInput(ports, run);
  if (prompt === undefined) {
    return { ok: false, code: 'unknown_run', why: `what ${runId} was asked is not there any more` };
  }
  return requestRun(ports, settings, published, {
    agent,
    cause: causeOf('retry', runId, key ?? randomKey(ports)),
    trigger: repeated(originOf(trigger), actor),
    context,
    prompt,
    before: runId,
    actor,
    action: 'run.retry',
  });
}

function repeated(origin: OriginTrigger, { who }: Actor): OriginTrigger {
  if (!('delivery' in origin)) return { type: 'manual', by: who };
  return { type: 'replay', source: origin.source, delivery: origin.delivery, by: who };
}
