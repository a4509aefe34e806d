import type { Project } from '../projects/project.ts';
import { causeOf, runIds } from '../runs/names.ts';
import { candidatesOf } from '../webhooks/candidates.ts';
import type { WebhookContext, WebhookProvider, WebhookRequest } from '../webhooks/provider.ts';
import type { WebhookSource } from '../webhooks/trigger.ts';
import { type AgentExplanation, explainAgents } from './explain.ts';
import { deliveryKey } from './names.ts';
import { formType, jsonType, payloadOf } from './payload.ts';

/** What a project would make of a request that nobody sent. */
export type RequestExplanation =
  | {
      kind: 'event';
      /** The sources that it would be for; the first names it. */
      sources: string[];
      signature: Signature;
      /** The sender's id of the delivery; null when it has none. */
      deliveryId: string | null;
      context: WebhookContext;
      agents: {
        [agent: string]: AgentExplanation & {
          /** Id of the run that it would start, if it came today; null for none, and where it rests on the time of receipt. */
          run: string | null;
        };
      };
    }
  /** It only tests the connection: answered, and nothing else. */
  | { kind: 'ping'; sources: string[]; signature: Signature }
  /** It would be refused, or its source does not exist. */
  | { kind: 'refused'; why: string };

/** `unneeded`: there is none, and its source takes it without. `unchecked`: there is one, and no secret to hold it against. */
export type Signature = 'right' | 'wrong' | 'missing' | 'unneeded' | 'unchecked';

export interface ExplainOptions {
  /** Ms since the epoch. */
  now: number;
  /** What the signature is held against. Default: it is not checked. */
  secret?: Uint8Array | undefined;
}

/**
 * What a project would make of a request, and why, without doing any of it. Signatures are looked at and told of; whatever
 * they are, the event is explained.
 *
 * @param source What its URL ends in: the name of a source, or a provider type, which is for every source of that type.
 */
export async function explainRequest(
  project: Pick<Project, 'sources' | 'agents'>,
  source: string,
  request: WebhookRequest,
  { now, secret }: ExplainOptions,
): Promise<RequestExplanation> {
  const candidates = candidatesOf(project.sources, source);
  const [first] = candidates;
  if (!first) {
    const known = Object.keys(project.sources).join(', ') || 'none';
    return {
      kind: 'refused',
      why: `unknown webhook source: ${source}; the project has ${known}`,
    };
  }
  const { provider, source: configured } = first;
  const sources = candidates.map(({ name }) => name);
  const given = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const type = given || jsonType;
  if (type !== jsonType && type !== formType) {
    return { kind: 'refused', why: `content type ${type} is not accepted` };
  }
  const payload = payloadOf(request.body, type);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return {
      kind: 'refused',
      why: 'the body is no JSON object, and no form with one in its field payload',
    };
  }
  const reading = provider.read(request, payload, configured, now);
  if (reading.kind === 'invalid') return { kind: 'refused', why: reading.why };
  const signature = signatureOf(provider, request, configured, { now, secret });
  if (reading.kind === 'ping') return { kind: 'ping', sources, signature };

  const { deliveryId, context } = reading;
  const explained = await explainAgents(project.agents, sources, { context, payload });
  const id = deliveryId === null ? null : deliveryKey(sources[0] ?? '', deliveryId);
  const agents = Object.entries(explained).map(([agent, explanation]) => {
    const run = explanation.matches && id !== null ? firstRun(agent, id) : null;
    return [agent, { ...explanation, run }];
  });
  return {
    kind: 'event',
    sources,
    signature,
    deliveryId,
    context,
    agents: Object.fromEntries(agents),
  };
}

function signatureOf(
  provider: WebhookProvider,
  request: WebhookRequest,
  source: WebhookSource,
  { now, secret }: ExplainOptions,
): Signature {
  if (!provider.isSigned(request, source)) {
    return provider.secret === null || source.allowUnsigned ? 'unneeded' : 'missing';
  }
  if (!secret) return 'unchecked';
  return provider.verify(request, secret, source, now) ? 'right' : 'wrong';
}

function firstRun(agent: string, delivery: string): string | null {
  return runIds(agent, causeOf('webhook', delivery, agent))[0] ?? null;
}
