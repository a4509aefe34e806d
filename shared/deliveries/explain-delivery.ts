import { type Pause, readAgentState, readCurrent } from '../agents/state.ts';
import type { Ports } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { chooseRunId } from '../runs/choose-id.ts';
import { causeOf } from '../runs/names.ts';
import { readBody } from './body.ts';
import type { Delivery } from './delivery.ts';
import { type AgentExplanation, explainAgents } from './explain.ts';
import { payloadOf } from './payload.ts';
import { findDelivery } from './read.ts';

/** What the current release would make of a delivery that came before. */
export interface DeliveryExplanation {
  /** Id of the delivery document. */
  id: string;
  delivery: Delivery;
  /** The release that is asked. */
  release: string;
  /** Whether the same delivery, sent again, would start nothing because it has produced work. A replay starts it all the same. */
  isDuplicate: boolean;
  /** Of the whole project: runs are admitted and wait. */
  paused: Pause | null;
  agents: {
    [agent: string]: AgentExplanation & {
      /** Of this agent. */
      paused: Pause | null;
      /** Id of the run that the same delivery, sent again, would start; null when it would start none. */
      run: string | null;
    };
  };
}

/**
 * What would become of a delivery, and why, without doing any of it. Answers `unknown` for a delivery that is not there, and
 * `body_gone` for one whose body is not all there any more.
 */
export async function explainDelivery(
  ports: Pick<Ports, 'documents'>,
  { id: release, release: { agents } }: Published,
  deliveryId: string,
): Promise<DeliveryExplanation | 'unknown' | 'body_gone'> {
  const known = await findDelivery(ports, deliveryId);
  if (!known) return 'unknown';
  const { id, data: delivery } = known;
  const body = await readBody(ports, known.path, delivery.body);
  if (!body) return 'body_gone';
  const payload = payloadOf(body, delivery.body.contentType);
  const { sources, context } = delivery;
  const explained = await explainAgents(agents, sources, { context, payload });
  const isDuplicate = delivery.outcome === 'ran';

  const [current, ...told] = await Promise.all([
    readCurrent(ports),
    ...Object.entries(explained).map(async ([agent, explanation]) => {
      const { paused } = (await readAgentState(ports, agent)).data;
      const starts = explanation.matches && !isDuplicate;
      const run = starts ? await runOf(ports, id, agent) : null;
      return [agent, { ...explanation, paused, run }] as const;
    }),
  ]);
  return {
    id,
    delivery,
    release,
    isDuplicate,
    paused: current?.data.paused ?? null,
    agents: Object.fromEntries(told),
  };
}

async function runOf(
  ports: Pick<Ports, 'documents'>,
  delivery: string,
  agent: string,
): Promise<string> {
  return (await chooseRunId(ports, agent, causeOf('webhook', delivery, agent))).id;
}
