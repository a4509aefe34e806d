import { readCredential } from '../../shared/credentials/home.ts';
import { credentialId } from '../../shared/credentials/reference.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { deliveryPath } from '../../shared/deliveries/names.ts';
import type { Clock, Ports, Random } from '../../shared/ports/index.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { functionUrl } from '../deployment/names.ts';
import type { Place } from '../resources.ts';
import { logsOf } from './check-resources.ts';
import { type Finding, finding } from './finding.ts';
import {
  agentsStartedBy,
  type TestSender,
  testEvent,
  testRequest,
  testSender,
} from './test-delivery.ts';

/** Sends a request to a function and answers with what came back; throws when nothing did. */
export type Post = (
  url: string,
  request: { headers: { [name: string]: string }; body: string },
) => Promise<{ status: number; text: string }>;

interface Delivering {
  ports: Pick<Ports, 'documents' | 'secrets'>;
  clock: Clock;
  random: Random;
  place: Place;
  post: Post;
}

/** A delivery that came to be a document, by its id; undefined: it is no answer of ours. */
interface Answer {
  delivery?: string;
  runs?: { [agent: string]: string };
}

const subject = 'function drover-webhook';

/**
 * Sends a delivery to the deployed `webhook`, signed as its sender would, that no agent of the release asks for; before it, the same
 * with a wrong signature. What comes back shows that the function can be called, reads the release and the secret, holds requests
 * to their signature and commits to Firestore. Nothing is started: where an agent of the release listens to everything, GitHub's
 * ping is sent instead, which proves all but the commit (docs/decisions/0020).
 */
export async function checkDelivery({
  ports,
  clock,
  random,
  place,
  post,
}: Delivering): Promise<Finding[]> {
  const published = await createReleases({ ...ports, clock }).current();
  if (!published) return [];
  const sender = testSender(published.release);
  if (!sender) return untried('no source of the release is of a type that can be signed here');
  const started = await agentsStartedBy(sender, published.release, clock.now());
  const listening = `${started.join(', ')} would be started by whatever ${sender.name} sends`;
  const isPing = started.length > 0;
  if (isPing && sender.type !== 'github') return untried(listening);
  const fields = await readCredential(ports, sender.credential);
  const secret = fields?.[sender.field];
  if (!secret) return untried(`there is no ${credentialId(sender.credential)} to sign it with`);
  const url = `${functionUrl(place, 'webhook')}/webhooks/${sender.name}`;
  const send = async (key: Uint8Array): Promise<{ status: number; text: string }> => {
    const request = testRequest(sender, idOf(random), key, isPing ? 'ping' : testEvent);
    try {
      return await post(url, request);
    } catch (error) {
      // What `fetch` throws when nothing answers, or nothing in time.
      if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
      throw new Unanswered(error);
    }
  };
  try {
    const forged = await send(Buffer.concat([secret, Buffer.from('not')]));
    if (forged.status < 300) {
      const what = `took a delivery of ${sender.name} with a wrong signature.`;
      return [finding('WEBHOOK_UNGUARDED', subject, what, { mend: ['drover deploy'] })];
    }
    const findings = await judge(await send(secret), { ports, place, sender, url, isPing });
    return isPing && findings.length === 0
      ? [notAdmitted(`only a ping was sent, and answered: ${listening}.`)]
      : findings;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return [
      finding('WEBHOOK_UNREACHABLE', subject, `${url} does not answer: ${error.message}.`, {
        mend: [`curl -i ${url}`],
      }),
    ];
  }
}

/** A request got no answer. */
class Unanswered extends Error {
  constructor(thrown: Error) {
    const { cause } = thrown;
    const why = cause instanceof Error ? `${thrown.message} (${cause.message})` : thrown.message;
    super(why, { cause: thrown });
  }
}

async function judge(
  { status, text }: { status: number; text: string },
  {
    ports,
    place,
    sender,
    url,
    isPing,
  }: { sender: TestSender; url: string; isPing: boolean } & Pick<Delivering, 'ports' | 'place'>,
): Promise<Finding[]> {
  const logs = [logsOf('drover-webhook', place)];
  const said = `${url} answered ${status}: ${text.slice(0, 200)}`;
  const answer = answerOf(text);
  if (status === 401 && answer) return [finding('WEBHOOK_REFUSES', subject, said, { mend: logs })];
  if ((status === 401 || status === 403) && !answer) {
    return [
      finding('WEBHOOK_CLOSED', subject, said, { mend: ['drover doctor --fix'], isFixable: true }),
    ];
  }
  if (status >= 300 || !answer) return [finding('WEBHOOK_FAILS', subject, said, { mend: logs })];
  if (isPing) return [];
  const { delivery = '', runs = {} } = answer;
  const kept = await ports.documents.get<Delivery>(deliveryPath(delivery || 'none'));
  if (!kept) {
    const what = `took the delivery ${delivery} of ${sender.name}, and Firestore has no such document.`;
    return [finding('DELIVERY_NOT_KEPT', subject, what, { mend: logs })];
  }
  const ids = Object.values(runs);
  if (ids.length === 0) return [];
  return [
    finding('DELIVERY_STARTED', subject, `the test delivery started ${ids.join(', ')}.`, {
      mend: ['drover status'],
    }),
  ];
}

function untried(why: string): Finding[] {
  return [notAdmitted(`no test delivery was sent: ${why}.`)];
}

function notAdmitted(what: string): Finding {
  return finding('DELIVERY_NOT_TRIED', subject, what, {
    mend: ['have its sender send one, then: drover deliveries ls'],
  });
}

function answerOf(text: string): Answer | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function idOf(random: Random): string {
  return `doctor-${Buffer.from(random.bytes(10)).toString('hex')}`;
}
