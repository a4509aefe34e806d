import { createHmac } from 'node:crypto';
import { keepCredential } from '../../shared/credentials/home.ts';
import type { Ports } from '../../shared/ports/index.ts';

const operatorKey = 'the-operators-key';
const viewerKey = 'the-viewers-key';
const webhookSecret = 'what GitHub signs with';

/** The header with which an operator uses the control API. */
export const operator = { authorization: `Bearer ${operatorKey}` };

/** The header of somebody who may only look. */
export const viewer = { authorization: `Bearer ${viewerKey}` };

/** GitHub's signature of a body. */
export function signed(body: string | Uint8Array): { 'x-hub-signature-256': string } {
  const digest = createHmac('sha256', webhookSecret).update(body).digest('hex');
  return { 'x-hub-signature-256': `sha256=${digest}` };
}

/** Puts what Drover itself needs into Secret Manager. */
export async function keepOwnCredentials({ secrets }: Pick<Ports, 'secrets'>): Promise<void> {
  const keep = (type: string, instance: string, field: string, value: string): Promise<unknown> =>
    keepCredential({ secrets }, { type, instance }, { [field]: Buffer.from(value) });
  await keep('gateway_api_key', 'default', 'key', operatorKey);
  await keep('gateway_api_key', 'viewer', 'key', viewerKey);
  await keep('github_webhook_secret', 'default', 'secret', webhookSecret);
}
