import { text } from '../../json.ts';
import type { WebhookProvider } from '../provider.ts';
import { deliveryIdOf, plainContext, plainFilters } from './plain.ts';

/** Unsigned events for trying a project out: anybody who knows the URL may send one. */
export const test: WebhookProvider = {
  type: 'test',
  secret: null,
  options: {},
  filters: plainFilters,
  isSigned: () => false,
  verify: () => true,

  read({ headers }, payload, _source, now) {
    const event = text(payload, 'event') ?? 'test';
    return {
      kind: 'event',
      deliveryId: deliveryIdOf(headers),
      context: plainContext('test', event, payload, now),
    };
  },
};
