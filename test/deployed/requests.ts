import { type FunctionName, serviceAccount } from '../../infra/resources.ts';
import { deliveryHeaders, realisticDelivery } from '../bench/deliveries.ts';
import type { World } from './world.ts';

/** A request that a function answers with 2xx, after it has read what it rests on. */
export interface FirstRequest extends RequestInit {
  path: string;
}

/** What each function's usual caller sends it; `count` makes what must differ from the ones before differ. */
export async function firstRequest(
  world: World,
  name: FunctionName,
  count: number,
): Promise<FirstRequest> {
  const { agent, speaker, watched, signingSecret, apiKey } = world;
  switch (name) {
    case 'webhook': {
      const delivery = realisticDelivery(signingSecret);
      const headers = deliveryHeaders(delivery, `first-${count}`);
      return { path: '/webhooks/github', method: 'POST', headers, body: delivery.body };
    }
    case 'gateway':
      return { path: '/locks/list', headers: { authorization: `Bearer ${speaker.secret}` } };
    case 'control':
      return { path: '/v1/agents', headers: { authorization: `Bearer ${apiKey}` } };
    case 'dispatch':
      return internal(world, name, 'tasks', { agent });
    case 'poll':
      return internal(world, name, 'tasks', { run: watched });
    case 'tick':
      return internal(world, name, 'scheduler', {});
    case 'logs': {
      const entry = {
        insertId: String(count),
        logName: `projects/${world.environment.DROVER_PROJECT}/logs/run.googleapis.com%2Fstdout`,
        timestamp: new Date().toISOString(),
        textPayload: 'counting the herd',
        resource: { labels: { job_name: `drover-${speaker.run}` } },
      };
      const data = Buffer.from(JSON.stringify(entry)).toString('base64');
      return internal(world, name, 'pubsub', { message: { data } });
    }
  }
}

async function internal(
  { cloud, environment, urlOf }: World,
  name: FunctionName,
  role: Parameters<typeof serviceAccount>[0],
  body: object,
): Promise<FirstRequest> {
  const email = serviceAccount(role, environment.DROVER_PROJECT ?? '');
  const token = await cloud.issuer.mint({ email, audience: urlOf(name) });
  return {
    path: '/',
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
