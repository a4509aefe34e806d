import { github } from './github.ts';
import type { WebhookProvider } from './provider.ts';

const providers: readonly WebhookProvider[] = [github];

/** The provider of this type, or undefined. */
export function providerOf(type: string): WebhookProvider | undefined {
  return providers.find((provider) => provider.type === type);
}
