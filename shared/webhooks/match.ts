import { cut } from '../json.ts';
import type { Agent } from '../projects/project.ts';
import { explainTrigger } from './explain-trigger.ts';
import type { WebhookEvent } from './provider.ts';
import { providerOf } from './providers.ts';

/** Which agents an event starts, and why it does not start the others. */
export interface Match {
  matched: string[];
  /** For each agent that did not match: what failed, for each of its triggers. */
  unmatched: { [agent: string]: string[] };
}

/** What there is to know of an agent to say whether an event starts it. */
export type Listener = Pick<Agent, 'scale' | 'webhooks'>;

/** Text of all explanations together, in UTF-16 units, shared by the agents: a delivery must stay a page (D11). */
const longestExplanation = 12_000;
/** Longest explanation of one agent, however few there are. */
const longestSentence = 600;

/**
 * Matches an event with every agent. It may be for several sources of one type, where they share a secret; an agent that
 * matches by two triggers is started once.
 *
 * @param sources Names of the sources that the event is for.
 */
export async function matchAgents(
  agents: { readonly [name: string]: Listener },
  sources: readonly string[],
  event: WebhookEvent,
): Promise<Match> {
  const names = Object.entries(agents);
  const longest = Math.min(longestSentence, Math.floor(longestExplanation / names.length));
  const match: Match = { matched: [], unmatched: {} };
  for (const [name, agent] of names) {
    const why = await whyNot(agent, sources, event);
    if (why === undefined) match.matched.push(name);
    else match.unmatched[name] = shortened(why, longest);
  }
  return match;
}

async function whyNot(
  { scale, webhooks }: Listener,
  sources: readonly string[],
  { context, payload }: WebhookEvent,
): Promise<string[] | undefined> {
  if (scale === 0) return ['scale: the agent is disabled'];
  const triggers = webhooks.filter(({ source }) => sources.includes(source));
  if (triggers.length === 0) return [`source: no trigger on ${sources.join(' or ')}`];
  const failures: string[] = [];
  for (const trigger of triggers) {
    const rules = await explainTrigger(trigger, providerOf(context.source), context, payload);
    const failed = rules.filter(({ passes }) => !passes);
    if (failed.length === 0) return undefined;
    failures.push(failed.map(({ why }) => why).join('; '));
  }
  return failures;
}

/** `sentences` with at most `longest` characters in all. */
function shortened(sentences: readonly string[], longest: number): string[] {
  const kept: string[] = [];
  let left = longest;
  for (const sentence of sentences) {
    if (left <= 0) break;
    kept.push(cut(sentence, left));
    left -= sentence.length;
  }
  return kept;
}
