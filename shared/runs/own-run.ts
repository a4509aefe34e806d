import { type BodyDescription, readPart } from '../deliveries/body.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { deliveryPath } from '../deliveries/names.ts';
import { readSpeaker } from '../locks/holder.ts';
import type { Ports } from '../ports/index.ts';
import { agentConfig } from '../projects/agent-config.ts';
import { agentIn } from '../projects/project.ts';
import type { Releases } from '../projects/release.ts';
import { readInput } from './input.ts';
import { promptOf } from './prompt.ts';
import { deliveryOf } from './trigger.ts';

/** What a run is told, of any length. */
export interface OwnRun {
  /** JSON. */
  agentConfig: string;
  prompt: string;
}

/** What the run of `secret` is told: the very texts that its variables have, where they can hold them; undefined: no such run. */
export async function readOwnRun(
  ports: Ports,
  releases: Releases,
  secret: string,
): Promise<OwnRun | undefined> {
  const speaker = await readSpeaker(ports, secret);
  if (!speaker) return undefined;
  const { id: runId, data: run } = speaker;
  const [project, input] = await Promise.all([
    releases.get(run.release),
    readInput(ports, speaker),
  ]);
  const agent = agentIn(project, run.agent);
  if (!agent) throw new Error(`release ${run.release} has no agent ${run.agent}`);
  if (input === undefined) throw new Error(`what ${runId} is asked is not there any more`);
  return {
    agentConfig: agentConfig(run.agent, agent),
    prompt: promptOf({ runId, run, agent, project, input }),
  };
}

/** The body of the delivery that a run goes back to. */
export type OwnPayload =
  | {
      outcome: 'found';
      contentType: string;
      bytes: number;
      /** Its parts, each read when it is asked for. Throws where one is not there any more. */
      parts: AsyncGenerator<Uint8Array>;
    }
  /** The secret is nobody's, or its run is over. */
  | { outcome: 'no such run' }
  /** No delivery led to the run, or its body is not there any more. */
  | { outcome: 'no payload' };

/** The request that the run of `secret` goes back to, byte for byte as its sender signed it. */
export async function readOwnPayload(ports: Ports, secret: string): Promise<OwnPayload> {
  const run = await readSpeaker(ports, secret);
  if (!run) return { outcome: 'no such run' };
  const id = deliveryOf(run.data.trigger);
  const delivery =
    id === undefined ? undefined : await ports.documents.get<Delivery>(deliveryPath(id));
  if (!delivery) return { outcome: 'no payload' };
  const { body } = delivery.data;
  const first = await readPart(ports, delivery.path, body, 0);
  if (!first) return { outcome: 'no payload' };
  const { contentType, bytes } = body;
  return {
    outcome: 'found',
    contentType,
    bytes,
    parts: partsFrom(ports, delivery.path, body, first),
  };
}

async function* partsFrom(
  ports: Ports,
  delivery: string,
  body: BodyDescription,
  first: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield first;
  for (let index = 1; index < body.parts; index += 1) {
    const part = await readPart(ports, delivery, body, index);
    if (!part) throw new Error(`part ${index} of the body of ${delivery} is not there any more`);
    yield part;
  }
}
