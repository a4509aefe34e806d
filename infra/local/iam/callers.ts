import { lastOf } from '../../last-of.ts';
import { functionNames } from '../../resources.ts';
import type { Iam } from './iam.ts';

/**
 * Whether Google lets a service account call a function, as Cloud Run asks before the function hears of it. What is none of our
 * functions is somebody else's, and nobody asks.
 */
export function callers(iam: Pick<Iam, 'allows'>): (email: string, url: string) => boolean {
  return (email, url) => {
    const [, first = ''] = new URL(url).pathname.split('/');
    if (!functionNames.some((name) => name === first)) return true;
    const on = { kind: 'function', id: `drover-${first}` } as const;
    const need = { permission: 'run.routes.invoke', on };
    return iam.allows(`serviceAccount:${email}`, need, `a call of ${first}`);
  };
}

/** Whether the log sink may publish to a topic, as its writer identity. */
export function mayPublish(iam: Pick<Iam, 'allows'>, topic: string): boolean {
  const on = { kind: 'topic', id: lastOf(topic) } as const;
  const need = { permission: 'pubsub.topics.publish', on };
  return iam.allows('sink:drover-logs', need, 'an export of the log sink');
}
