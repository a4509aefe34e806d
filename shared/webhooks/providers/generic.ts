import { text } from '../../json.ts';
import type { WebhookProvider, WebhookRequest } from '../provider.ts';
import { type Encoding, type HmacAlgorithm, isHmac } from '../signatures.ts';
import type { WebhookSource } from '../trigger.ts';
import { deliveryIdOf, headerIn, plainContext, plainFilters } from './plain.ts';

const headerName = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

/** Anything that can sign JSON with an HMAC; where it says what stands in the source's options. */
export const generic: WebhookProvider = {
  type: 'generic',
  secret: { type: 'generic_webhook_secret', field: 'secret' },
  options: {
    signatureHeader: {
      about: 'header that holds the signature; default `x-signature-256`',
      pattern: headerName,
    },
    signaturePrefix: {
      about: 'what stands before the signature; default: nothing, or the algorithm and `=`',
      pattern: /^[\x21-\x7e]{1,100}$/,
    },
    signatureEncoding: { about: '`hex` (default) or `base64`', pattern: /^(hex|base64)$/ },
    signatureAlgorithm: {
      about: '`sha256` (default), `sha1` or `sha512`',
      pattern: /^(sha256|sha1|sha512)$/,
    },
    eventHeader: {
      about: 'header that names the event; default: the field `event` or `type` of the body does',
      pattern: headerName,
    },
    deliveryHeader: {
      about: 'header that holds the id of the delivery, before those that are known',
      pattern: headerName,
    },
  },
  filters: plainFilters,

  isSigned: (request, source) => signatureOf(request, source) !== undefined,

  verify(request, secret, source) {
    const given = signatureOf(request, source) ?? '';
    const algorithm = (source.options.signatureAlgorithm ?? 'sha256') as HmacAlgorithm;
    const encoding = (source.options.signatureEncoding ?? 'hex') as Encoding;
    const usual = given.startsWith(`${algorithm}=`) ? `${algorithm}=` : '';
    const prefix = source.options.signaturePrefix ?? usual;
    return isHmac(given, request.body, secret, { algorithm, encoding, prefix });
  },

  read({ headers }, payload, { options }, now) {
    const named = options.eventHeader && headerIn(headers, options.eventHeader);
    const event = named || text(payload, 'event') || text(payload, 'type') || 'generic';
    return {
      kind: 'event',
      deliveryId: deliveryIdOf(headers, options.deliveryHeader),
      context: plainContext('generic', event.toWellFormed(), payload, now),
    };
  },
};

function signatureOf({ headers }: WebhookRequest, { options }: WebhookSource): string | undefined {
  return headerIn(headers, options.signatureHeader ?? 'x-signature-256');
}
