import type { WebhookContext } from './provider.ts';
import type { WebhookTrigger } from './trigger.ts';

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
