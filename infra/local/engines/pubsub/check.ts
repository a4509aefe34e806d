import { EngineError } from '../engine.ts';
import type { NewMessage, Subscription } from './types.ts';

const idPattern = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/** Throws unless `name` is `projects/<project>/<kind>/<id>` (pubsub.proto). */
export function checkName(kind: 'topics' | 'subscriptions', name: string): void {
  const [projects, project, named, id = '', ...more] = name.split('/');
  const right = projects === 'projects' && project && named === kind && more.length === 0;
  if (!right || !idPattern.test(id))
    throw new EngineError('INVALID_ARGUMENT', `Invalid [${kind}] name: (name=${name})`);
}

/** Throws what Pub/Sub refuses a subscription with; whether its topics exist is not looked at. */
export function checkSubscription(subscription: Subscription): void {
  const { name, topic, ackDeadlineSeconds, retry, deadLetter, oidc } = subscription;
  checkName('subscriptions', name);
  checkName('topics', topic);
  checkRange('ack deadline', ackDeadlineSeconds, 10, 600);
  if (retry) {
    checkRange('minimum backoff', retry.minimumSeconds, 0, 600);
    checkRange('maximum backoff', retry.maximumSeconds, retry.minimumSeconds, 600);
  }
  if (deadLetter) {
    checkName('topics', deadLetter.topic);
    checkRange('max delivery attempts', deadLetter.maxDeliveryAttempts, 5, 100);
  }
  checkEndpoint(subscription.endpoint);
  if (oidc && !/^[^@\s]+@[^@\s]+$/.test(oidc.serviceAccount))
    throw new EngineError('INVALID_ARGUMENT', `Invalid service account: ${oidc.serviceAccount}`);
}

export function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Invalid push endpoint given (endpoint=${endpoint}). Refer to https://cloud.google.com/pubsub/docs/subscriber#create.`,
    );
  if (url.protocol !== 'http:' || !/^(localhost|127\.\d+\.\d+\.\d+)$/.test(url.hostname))
    throw new EngineError(
      'UNIMPLEMENTED',
      `the local Pub/Sub pushes to http on this machine only, not to ${endpoint}`,
    );
}

function checkRange(what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Invalid ${what} given: ${value}; it must be between ${low} and ${high}`,
    );
}

/** Limits of a message (Pub/Sub quotas page): bytes in all, attributes, bytes of an attribute's key and value. */
const maxMessageBytes = 10_000_000;
const maxAttributes = 100;
const maxKeyBytes = 256;
const maxValueBytes = 1024;

/** Most messages of one request, most bytes of it, and most bytes of an ordering key (Pub/Sub quotas page). */
const maxMessages = 1_000;
const maxRequestBytes = 10_000_000;
const maxOrderingKeyBytes = 1_024;

/** Throws what Pub/Sub refuses a request to publish with. */
export function checkMessages(messages: readonly NewMessage[]): void {
  if (messages.length === 0 || messages.length > maxMessages)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The value for message_count is invalid. You passed ${messages.length} in the request, but it must be between 1 and ${maxMessages}.`,
    );
  const bytes = messages.reduce((sum, { data }) => sum + data.length, 0);
  if (bytes > maxRequestBytes)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The value for request_size is too large. You passed ${bytes} in the request, but the maximum value is ${maxRequestBytes}.`,
    );
  for (const message of messages) checkMessage(message);
}

export function checkMessage({ data, attributes, orderingKey = '' }: NewMessage): void {
  if (Buffer.byteLength(orderingKey) > maxOrderingKeyBytes)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The value for ordering_key is too large; the maximum is ${maxOrderingKeyBytes} bytes.`,
    );
  const entries = Object.entries(attributes);
  if (data.length === 0 && entries.length === 0)
    throw new EngineError(
      'INVALID_ARGUMENT',
      'One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.',
    );
  if (data.length > maxMessageBytes)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The value for message_size is too large. You passed ${data.length} in the request, but the maximum value is ${maxMessageBytes}.`,
    );
  const tooLong = ([key, value]: [string, string]): boolean =>
    key === '' || Buffer.byteLength(key) > maxKeyBytes || Buffer.byteLength(value) > maxValueBytes;
  if (entries.length > maxAttributes || entries.some(tooLong))
    throw new EngineError('INVALID_ARGUMENT', 'The message attributes exceed their limits.');
}
