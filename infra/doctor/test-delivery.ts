import { createHmac } from 'node:crypto';
import type { Project } from '../../shared/projects/project.ts';
import { matchAgents } from '../../shared/webhooks/match.ts';
import type { WebhookRequest } from '../../shared/webhooks/provider.ts';
import { providerOf } from '../../shared/webhooks/providers.ts';
import type { WebhookSource } from '../../shared/webhooks/trigger.ts';

/** Types of sources whose deliveries we can sign as their sender does. */
const signable = ['github', 'generic'] as const;
type Signable = (typeof signable)[number];

/** What the test delivery says that it is: no sender has such an event. */
export const testEvent = 'drover_doctor';

/** Whom a test delivery comes from. */
export interface TestSender {
  /** Name of the source. */
  name: string;
  source: WebhookSource;
  type: Signable;
  /** Its secret's credential, and the field of it. */
  credential: { type: string; instance: string };
  field: string;
}

/** The first source of the project whose deliveries can be signed here; undefined: there is none. */
export function testSender({ sources }: Pick<Project, 'sources'>): TestSender | undefined {
  for (const type of signable) {
    for (const [name, source] of Object.entries(sources)) {
      const secret = source.type === type ? providerOf(type)?.secret : undefined;
      const [instance] = source.secrets;
      if (!secret || instance === undefined) continue;
      return {
        name,
        source,
        type,
        credential: { type: secret.type, instance },
        field: secret.field,
      };
    }
  }
  return undefined;
}

/** A delivery, signed with `secret`. `id` is its sender's: letters, digits and `-`. A `ping` is GitHub's, which is only answered. */
export function testRequest(
  { type, source: { options } }: Pick<TestSender, 'type' | 'source'>,
  id: string,
  secret: Uint8Array,
  event: typeof testEvent | 'ping' = testEvent,
): { headers: { [name: string]: string }; body: string } {
  const body = JSON.stringify({
    event: testEvent,
    sender: { login: 'drover-doctor' },
    about: 'Sent by `drover doctor`. No agent asks for it.',
  });
  const common = { 'content-type': 'application/json', 'user-agent': 'drover-doctor' };
  if (type === 'github') {
    const digest = createHmac('sha256', secret).update(body).digest('hex');
    return {
      headers: {
        ...common,
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${digest}`,
      },
      body,
    };
  }
  const {
    signatureAlgorithm = 'sha256',
    signatureEncoding = 'hex',
    signaturePrefix = '',
  } = options;
  const hmac = createHmac(signatureAlgorithm, secret).update(body);
  const digest = hmac.digest(signatureEncoding === 'base64' ? 'base64' : 'hex');
  return {
    headers: {
      ...common,
      [options.signatureHeader ?? 'x-signature-256']: `${signaturePrefix}${digest}`,
      [options.deliveryHeader ?? 'x-delivery-id']: id,
      ...(options.eventHeader === undefined ? {} : { [options.eventHeader]: testEvent }),
    },
    body,
  };
}

/** Agents that the test delivery would start: those that listen to everything that their source sends. */
export async function agentsStartedBy(
  sender: TestSender,
  { agents }: Pick<Project, 'agents'>,
  now: number,
): Promise<string[]> {
  const { headers, body } = testRequest(sender, 'test', new Uint8Array());
  const request: WebhookRequest = { headers: lowerCase(headers), body: Buffer.from(body) };
  const payload: unknown = JSON.parse(body);
  const reading = providerOf(sender.type)?.read(request, payload, sender.source, now);
  if (reading?.kind !== 'event') return [];
  const { matched } = await matchAgents(agents, [sender.name], {
    context: reading.context,
    payload,
  });
  return matched;
}

function lowerCase(headers: { [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
