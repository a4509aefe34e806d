import type { PubSubEngine } from '../../infra/local/engines/pubsub/engine.ts';
import type { Push } from '../../infra/local/engines/pubsub/types.ts';
import type { Attempt, Outcome, TasksEngine } from '../../infra/local/engines/tasks/index.ts';
import { isAcknowledged, pushBody } from '../../infra/local/push-delivery.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Releases } from '../../shared/projects/release.ts';
import type { Reply, RequestParts } from './http.ts';
import type { Schedule } from './schedule.ts';
import { asServiceAccount, standInToken } from './token.ts';

/** A function, or the tool that publishes releases; `control` is what people use. */
export type FunctionName =
  | 'webhook'
  | 'tick'
  | 'dispatch'
  | 'poll'
  | 'gateway'
  | 'logs'
  | 'control'
  | 'publish';

/** One instance of a function: it lasts from call to call, and remembers. */
export interface Instance {
  ports: Ports;
  releases: Releases;
  /** Does what one call does. Rejects when the instance dies before that is done. */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

export type CallFunction = <T>(
  name: FunctionName,
  work: (ports: Ports, releases: Releases) => Promise<T>,
) => Promise<T>;

/** Sends a request to a function, in one of its instances. */
export type SendRequest = (
  name: FunctionName,
  path: string,
  parts?: RequestParts,
) => Promise<Reply>;

interface Surroundings {
  request: SendRequest;
  schedule: Schedule;
  tasks: TasksEngine;
  pubsub: PubSubEngine;
  /** Whether Cloud Tasks makes this call twice at once. */
  isTwice(name: FunctionName): boolean;
  /** Hears of each entry of the log sink that is pushed; what it answers with hears whether that was acknowledged. */
  pushed(entry: unknown): (isTaken: boolean) => void;
}

/** Makes the calls of Cloud Tasks and Pub/Sub, and tells them how they went: answered, or not in time. */
export function cloudCalls({ request, schedule, tasks, pubsub, isTwice, pushed }: Surroundings) {
  const make = async ({ url, method, headers, body, oidc }: Attempt): Promise<Outcome> => {
    const token = oidc && standInToken(oidc.email, oidc.audience);
    const reply = await request(nameIn(url), '/', {
      method,
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
      body,
    });
    const seconds = reply.headers.get('retry-after');
    const { status } = reply;
    return seconds === null ? { status } : { status, retryAfterMs: Number(seconds) * 1_000 };
  };

  return {
    attempt: async (attempt: Attempt): Promise<void> => {
      const deadline = schedule.now() + attempt.deadlineMs;
      const callOff = schedule.at(deadline, () => tasks.settle(attempt, { failed: 'too late' }));
      if (isTwice(nameIn(attempt.url))) make(attempt).catch(() => {});
      const outcome = await make(attempt).catch((error: Error) => ({ failed: error.message }));
      callOff();
      tasks.settle(attempt, outcome);
    },
    push: async (push: Push): Promise<void> => {
      const heard = pushed(JSON.parse(Buffer.from(push.message.data, 'base64').toString()));
      const reply = await request('logs', '/', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'CloudPubSub-Google',
          ...(push.oidc && asServiceAccount('pubsub', push.oidc.audience)),
        },
        body: JSON.stringify(pushBody(push)),
      }).catch(() => undefined);
      // Pub/Sub itself sees to its deadline: what is settled after it counts for nothing.
      const isTaken = reply !== undefined && isAcknowledged(reply.status);
      heard(isTaken);
      pubsub.settle(push, isTaken);
    },
  };
}

/** The function that is called at `https://<name>.test`. */
function nameIn(url: string): FunctionName {
  const { hostname } = new URL(url);
  return hostname.slice(0, hostname.indexOf('.')) as FunctionName;
}
