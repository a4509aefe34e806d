import { type Explanation, explainTrigger } from '../webhooks/explain-trigger.ts';
import type { Listener } from '../webhooks/match.ts';
import type { WebhookEvent } from '../webhooks/provider.ts';
import { providerOf } from '../webhooks/providers.ts';

/** What one trigger of an agent makes of an event. */
export interface TriggerExplanation {
  /** The source that it listens to. */
  source: string;
  matches: boolean;
  /** Why it is not even asked: it listens to another source. Null when it is. */
  why: string | null;
  /** One for each of its filters, and for its `if`. */
  filters: Explanation[];
}

/** What one agent makes of an event. */
export interface AgentExplanation {
  /** Whether the event starts a run of it. */
  matches: boolean;
  /** Why it would not, though a trigger matches. Null when nothing speaks against it. */
  why: string | null;
  triggers: TriggerExplanation[];
}

/**
 * What each agent makes of an event, filter by filter: every one of them is looked at, where {@link matchAgents} stops at
 * the first trigger that matches. Both come to the same.
 *
 * @param sources Names of the sources that the event is for.
 */
export async function explainAgents(
  agents: { readonly [name: string]: Listener },
  sources: readonly string[],
  event: WebhookEvent,
): Promise<{ [agent: string]: AgentExplanation }> {
  const explained: [string, AgentExplanation][] = [];
  for (const [name, agent] of Object.entries(agents)) {
    explained.push([name, await explainAgent(agent, sources, event)]);
  }
  return Object.fromEntries(explained);
}

async function explainAgent(
  { scale, webhooks }: Listener,
  sources: readonly string[],
  { context, payload }: WebhookEvent,
): Promise<AgentExplanation> {
  const triggers: TriggerExplanation[] = [];
  for (const trigger of webhooks) {
    const { source } = trigger;
    if (!sources.includes(source)) {
      const why = `source: wanted ${source}, found ${sources.join(', ') || 'none'}`;
      triggers.push({ source, matches: false, why, filters: [] });
      continue;
    }
    const filters = await explainTrigger(trigger, providerOf(context.source), context, payload);
    const matches = filters.every(({ passes }) => passes);
    triggers.push({ source, matches, why: null, filters });
  }
  const isAsked = triggers.some(({ matches }) => matches);
  return { matches: isAsked && scale !== 0, why: whyNot(scale, webhooks.length), triggers };
}

function whyNot(scale: number, triggers: number): string | null {
  if (scale === 0) return 'scale: the agent is disabled';
  return triggers === 0 ? 'source: the agent has no webhook trigger' : null;
}
