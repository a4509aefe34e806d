import { readBody } from '../deliveries/body.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { explainAgents } from '../deliveries/explain.ts';
import { payloadOf } from '../deliveries/payload.ts';
import type { Document, Ports } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Releases } from '../projects/release.ts';
import type { Run } from './run.ts';
import { originOf, type RerunTrigger, type Trigger } from './trigger.ts';

/**
 * Why a run is one of its agent, in sentences: of an event, what each filter of the trigger that it matched wanted and found, by
 * the release that the run keeps.
 *
 * @param delivery The delivery that it goes back to, if that is still there.
 */
export async function whyAgent(
  ports: Pick<Ports, 'documents'>,
  releases: Releases,
  run: Document<Run>,
  delivery: Document<Delivery> | undefined,
): Promise<string[]> {
  const { trigger } = run.data;
  const origin = originOf(trigger);
  const first = trigger.type === 'rerun' ? [saidOfRerun(trigger)] : [];
  if (!('delivery' in origin)) return [...first, saidOf(origin)];
  const by = origin.type === 'replay' ? [`${origin.by} had ${origin.delivery} replayed`] : [];
  return [...first, ...by, ...(await whyMatched(ports, releases, run.data, delivery))];
}

async function whyMatched(
  ports: Pick<Ports, 'documents'>,
  releases: Releases,
  { agent, release }: Run,
  delivery: Document<Delivery> | undefined,
): Promise<string[]> {
  if (!delivery) return ['its delivery is not there any more'];
  const { sources, context, body } = delivery.data;
  const [bytes, published] = await Promise.all([
    readBody(ports, delivery.path, body),
    releases.get(release),
  ]);
  if (!bytes) return ['the body of its delivery is not there any more'];
  const configured = agentIn(published, agent);
  if (!configured) return [];
  const payload = payloadOf(bytes, body.contentType);
  const explained = await explainAgents({ [agent]: configured }, sources, { context, payload });
  const matched = explained[agent]?.triggers.find(({ matches }) => matches);
  // A replay may have been asked for by name, whatever the filters say.
  if (!matched) return ['none of its triggers matches the event'];
  const rules = matched.filters.map(({ why }) => why);
  const source = `it listens to ${matched.source}`;
  return [rules.length === 0 ? `${source}, to every event` : source, ...rules];
}

function saidOfRerun({ of, because, reruns, retries }: RerunTrigger): string {
  if (because === 'retry') return `${of} failed, and this is retry ${retries}`;
  return `${of} asked to run again, ${reruns === 1 ? 'for the first time' : `${reruns} times in a row`}`;
}

function saidOf(trigger: Exclude<Trigger, RerunTrigger | { delivery: string }>): string {
  switch (trigger.type) {
    case 'schedule':
      return `its schedule was due at ${trigger.due}`;
    case 'manual':
      return `${trigger.by} asked for it`;
    case 'call':
      return `${trigger.chain.at(-1) ?? 'an agent'} called it from ${trigger.caller}`;
  }
}
