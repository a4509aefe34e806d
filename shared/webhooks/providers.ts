import type { WebhookFilter, WebhookProvider } from './provider.ts';
import { discord } from './providers/discord.ts';
import { generic } from './providers/generic.ts';
import { github } from './providers/github.ts';
import { linear } from './providers/linear.ts';
import { mintlify } from './providers/mintlify.ts';
import { sentry } from './providers/sentry.ts';
import { slack } from './providers/slack.ts';
import { test } from './providers/test.ts';
import { twitter } from './providers/twitter.ts';
import { one } from './values.ts';

export const providers: readonly WebhookProvider[] = [
  github,
  sentry,
  linear,
  mintlify,
  slack,
  discord,
  twitter,
  generic,
  test,
];

/** The provider of this type, or undefined. */
export function providerOf(type: string): WebhookProvider | undefined {
  return providers.find((provider) => provider.type === type);
}

/** Filters that every provider has. */
const common: { readonly [name: string]: WebhookFilter } = {
  sender: { about: 'who caused the event', values: ({ sender }) => one(sender) },
};

/** The filters of a provider, by the name in the agent's configuration; none of a type that is not known. */
export function filtersOf(type: string): { readonly [name: string]: WebhookFilter } {
  const provider = providerOf(type);
  return provider ? { ...provider.filters, ...common } : {};
}
