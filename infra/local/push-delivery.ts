import { Agent, request } from 'node:http';
import type { PubSubEngine } from './engines/pubsub/engine.ts';
import type { Push } from './engines/pubsub/types.ts';
import { drive, type Loop } from './loop.ts';

export interface PushDelivery {
  engine: PubSubEngine;
  /** An identity token of a service account, valid for an hour. */
  mint(identity: { email: string; audience: string }): Promise<string>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whether Google lets a service account call a URL. Default: it does. */
  mayCall?(email: string, url: string): boolean;
}

const acknowledging: ReadonlySet<number> = new Set([102, 200, 201, 202, 204]);

/** Whether an answer with this status acknowledges a push; any other refuses it (Pub/Sub push page). */
export function isAcknowledged(status: number): boolean {
  return acknowledging.has(status);
}

/** How long a token is used again, in ms: well under its hour. */
const tokenLifeMs = 30 * 60 * 1000;

/** POSTs what the engine hands out, one message a request, and tells it the answers. */
export function deliverPushes({ engine, mint, now, mayCall = () => true }: PushDelivery): Loop {
  const agent = new Agent({ keepAlive: true });
  const tokenFor = reuse(mint, now);
  let stopped = false;
  const loop = drive(engine, now, (push) => {
    void attempt(push).then((ok) => {
      // What is still in flight then is pushed again by the next process.
      if (stopped) return;
      engine.settle(push, ok);
      loop.poke();
    });
  });

  const attempt = async (push: Push): Promise<boolean> => {
    if (push.oidc && !mayCall(push.oidc.serviceAccount, push.endpoint)) return false;
    try {
      const token = push.oidc && (await tokenFor(push.oidc));
      return isAcknowledged(await post(push, token, agent));
    } catch {
      return false;
    }
  };
  loop.poke();
  return {
    poke: loop.poke,
    stop: () => {
      stopped = true;
      loop.stop();
      agent.destroy();
    },
  };
}

/** Answers with the status; 102 counts as soon as it comes. Rejects when there is no answer in time. */
function post(push: Push, token: string | undefined, agent: Agent): Promise<number> {
  const body = Buffer.from(JSON.stringify(pushBody(push)));
  return new Promise((resolve, reject) => {
    const sent = request(push.endpoint, {
      method: 'POST',
      agent,
      signal: AbortSignal.timeout(push.ackDeadlineSeconds * 1000),
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'CloudPubSub-Google',
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    sent.on('information', ({ statusCode }) => {
      if (statusCode === 102) resolve(statusCode);
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The body of Google's push request; empty fields are left out. */
export function pushBody({ message, subscription, deliveryAttempt }: Push): object {
  const published = pushTime(message.publishedAt);
  return {
    ...(deliveryAttempt === undefined ? {} : { deliveryAttempt }),
    message: {
      ...(Object.keys(message.attributes).length > 0 ? { attributes: message.attributes } : {}),
      ...(message.data === '' ? {} : { data: message.data }),
      messageId: message.id,
      message_id: message.id,
      ...(message.orderingKey === undefined ? {} : { orderingKey: message.orderingKey }),
      publishTime: published,
      publish_time: published,
    },
    subscription,
  };
}

/** Pushes show no trailing zeros, unlike the rest of Google's JSON: `15.56Z`, `15Z`. */
function pushTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z');
}

function reuse(mint: PushDelivery['mint'], now: () => number) {
  const minted = new Map<string, { at: number; token: Promise<string> }>();
  return ({ serviceAccount, audience }: NonNullable<Push['oidc']>): Promise<string> => {
    const key = `${serviceAccount} ${audience}`;
    const known = minted.get(key);
    if (known && now() - known.at < tokenLifeMs) return known.token;
    const token = mint({ email: serviceAccount, audience });
    minted.set(key, { at: now(), token });
    // One that failed is not used again.
    token.catch(() => minted.delete(key));
    return token;
  };
}
