import { cut } from '../json.ts';
import type { WebhookContext } from './provider.ts';
import type { WebhookTrigger } from './trigger.ts';

/** Which agents an event starts, and why it does not start the others. */
export interface Match {
  matched: string[];
  /** For each agent that did not match: what failed, for each of its triggers. */
  unmatched: { [agent: string]: string[] };
}

/** Text of all explanations together, in UTF-16 units, shared by the agents: a delivery must stay a page (D11). */
const longestExplanation = 12_000;
/** Longest explanation of one agent, however few there are. */
const longestSentence = 600;

/** Matches an event of `source` with every agent. An agent that matches by two triggers is started once. */
export function matchAgents(
  agents: { readonly [name: string]: { scale: number; webhooks: readonly WebhookTrigger[] } },
  source: string,
  context: WebhookContext,
): Match {
  const names = Object.entries(agents);
  const longest = Math.min(longestSentence, Math.floor(longestExplanation / names.length));
  const match: Match = { matched: [], unmatched: {} };
  for (const [name, { scale, webhooks }] of names) {
    const why = scale === 0 ? ['scale: the agent is disabled'] : whyNot(webhooks, source, context);
    if (why === undefined) match.matched.push(name);
    else match.unmatched[name] = shortened(why, longest);
  }
  return match;
}

function whyNot(
  triggers: readonly WebhookTrigger[],
  source: string,
  context: WebhookContext,
): string[] | undefined {
  const failures = triggers
    .filter((trigger) => trigger.source === source)
    .map((trigger) => failedFilters(trigger, context));
  if (failures.some((failed) => failed.length === 0)) return undefined;
  if (failures.length === 0) return [`source: no trigger on ${source}`];
  return failures.map((failed) => failed.join('; '));
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

/** One filter: what the trigger wants, and whether the event has it. A trigger without the field passes. */
interface Filter {
  field: string;
  wanted: readonly string[];
  found: readonly string[];
  /** Whether an event that has no such value at all passes (Action Llama's rule for branches and conclusions). */
  passesWithout?: boolean;
}

/**
 * The filters of `trigger` that `context` fails, each as a sentence; empty when it matches. Every filter present must
 * pass; a list passes when any of its values is found (Action Llama's rules, exact and case-sensitive).
 */
export function failedFilters(trigger: WebhookTrigger, context: WebhookContext): string[] {
  return filters(trigger, context)
    .filter(({ wanted, found, passesWithout }) => {
      if (found.length === 0) return !passesWithout;
      return !wanted.some((value) => found.includes(value));
    })
    .map(
      ({ field, wanted, found }) =>
        `${field}: wanted ${wanted.join(' or ')}, found ${found.join(', ') || 'none'}`,
    );
}

function filters(trigger: WebhookTrigger, context: WebhookContext): Filter[] {
  const owner = context.repo.split('/')[0];
  const all: {
    [field: string]: Omit<Filter, 'field' | 'wanted'> & { wanted: string | string[] | undefined };
  } = {
    events: { wanted: trigger.events, found: values(context.event) },
    actions: { wanted: trigger.actions, found: values(context.action) },
    repos: { wanted: trigger.repos, found: values(context.repo) },
    org: { wanted: trigger.org, found: values(owner) },
    orgs: { wanted: trigger.orgs, found: values(owner) },
    labels: { wanted: trigger.labels, found: context.labels ?? [] },
    assignee: { wanted: trigger.assignee, found: values(context.assignee) },
    author: { wanted: trigger.author, found: values(context.author) },
    branches: { wanted: trigger.branches, found: values(context.branch), passesWithout: true },
    conclusions: {
      wanted: trigger.conclusions,
      found: values(context.conclusion),
      passesWithout: true,
    },
  };
  return Object.entries(all).flatMap(([field, { wanted, ...rest }]) =>
    wanted === undefined ? [] : [{ field, wanted: [wanted].flat(), ...rest }],
  );
}

function values(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}
