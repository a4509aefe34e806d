import type { WebhookProvider } from './provider.ts';
import { providerOf } from './providers.ts';
import type { WebhookSource } from './trigger.ts';

/** A source of a project, with its name and its provider. */
export interface Candidate {
  name: string;
  source: WebhookSource;
  provider: WebhookProvider;
}

/**
 * The sources that a request to `/webhooks/<name>` may be for: the one of that name, first, and where the name is a type (as
 * Action Llama's URLs are), every source of that type. A source that has the name of another type has its URL for itself.
 */
export function candidatesOf(
  sources: { readonly [name: string]: WebhookSource },
  name: string,
): Candidate[] {
  const own = Object.hasOwn(sources, name) ? sources[name] : undefined;
  const provider = providerOf(own?.type ?? name);
  if (provider === undefined) return [];
  const named = own ? [{ name, source: own, provider }] : [];
  if (provider.type !== name) return named;
  const others = Object.entries(sources).filter(
    ([other, { type }]) => other !== name && type === name,
  );
  return [...named, ...others.map(([other, source]) => ({ name: other, source, provider }))];
}
