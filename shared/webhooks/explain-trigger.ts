import { judge } from './patterns.ts';
import type { WebhookContext, WebhookFilter, WebhookProvider } from './provider.ts';
import { filtersOf } from './providers.ts';
import type { WebhookTrigger } from './trigger.ts';

/** What one rule of a trigger makes of an event. */
export interface Explanation {
  /** The filter's name, or `if`. */
  filter: string;
  /** The patterns that the trigger has, or its expression. */
  wanted: readonly string[];
  /** What the event has; empty when it has no such thing. */
  found: readonly string[];
  passes: boolean;
  /** One sentence: `labels: wanted docs, found bug`. */
  why: string;
}

/**
 * Holds an event against every rule of a trigger: it matches when all pass. Without a rule it matches every event of its
 * source. The engine of `if` is loaded by the first trigger that has one (D16).
 *
 * @param provider Of the event; with undefined no filter passes.
 * @param payload The JSON that the event came as.
 */
export async function explainTrigger(
  trigger: WebhookTrigger,
  provider: WebhookProvider | undefined,
  context: WebhookContext,
  payload: unknown,
): Promise<Explanation[]> {
  const filters = filtersOf(provider?.type ?? '');
  const rules = Object.entries(trigger.filters).map(([name, wanted]) => {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    return filter
      ? explainFilter(name, filter, wanted, filter.values(context, payload))
      : unknownFilter(name, wanted, context.source);
  });
  if (trigger.if === null) return rules;
  const { evaluate } = await import('./condition.ts');
  const { passes, why } = evaluate(trigger.if, { context, payload });
  return [...rules, { filter: 'if', wanted: [trigger.if], found: [], passes, why: `if: ${why}` }];
}

function explainFilter(
  filter: string,
  { passesWithout = false }: WebhookFilter,
  wanted: readonly string[],
  found: readonly string[],
): Explanation {
  const has = found.join(', ') || 'none';
  if (found.length === 0 && passesWithout) {
    return {
      filter,
      wanted,
      found,
      passes: true,
      why: `${filter}: the event has none, which passes`,
    };
  }
  const { passes, forbidden } = judge(wanted, found);
  const rule =
    forbidden === undefined
      ? `wanted ${wishOf(wanted)}, found ${has}`
      : `found ${has}, and ${forbidden} leaves it out`;
  return { filter, wanted, found, passes, why: `${filter}: ${rule}` };
}

/** Patterns as half a sentence: what any of them wants, and what the negated ones leave out. */
function wishOf(wanted: readonly string[]): string {
  const some = wanted.filter((pattern) => !pattern.startsWith('!')).join(' or ');
  const not = wanted.flatMap((pattern) => (pattern.startsWith('!') ? [pattern.slice(1)] : []));
  if (not.length === 0) return some || 'nothing';
  return `${some === '' ? 'anything but' : `${some} but not`} ${not.join(' or ')}`;
}

function unknownFilter(filter: string, wanted: readonly string[], type: string): Explanation {
  return { filter, wanted, found: [], passes: false, why: `${filter}: not a filter of ${type}` };
}
