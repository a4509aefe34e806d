import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the gateway answered. */
export interface Answer {
  status: number;
  body: { [field: string]: unknown };
}

/** The gateway as an agent uses it: what is not answered, or with 5xx, is asked again. */
export interface Gateway {
  post(
    path: string,
    body: { [field: string]: unknown },
    headers?: { [name: string]: string },
  ): Promise<Answer>;
  get(path: string): Promise<Answer>;
}

/** How long is waited for an answer, and before a request is sent again, in ms. */
const answerMs = 5_000;
const pauseMs = 200;

export function openGateway({ GATEWAY_URL, SHUTDOWN_SECRET }: NodeJS.ProcessEnv): Gateway {
  const url = GATEWAY_URL ?? '';
  const secret = SHUTDOWN_SECRET ?? '';
  return {
    post: (path, body, headers) => persist(`${url}${path}`, { secret, ...body }, { ...headers }),
    get: (path) => persist(`${url}${path}`, undefined, { authorization: `Bearer ${secret}` }),
  };
}

async function persist(
  url: string,
  body: object | undefined,
  headers: { [name: string]: string },
): Promise<Answer> {
  for (;;) {
    const answer = await exchange(url, body, headers).catch(() => undefined);
    if (answer && answer.status < 500) return answer;
    await sleep(pauseMs);
  }
}

function exchange(
  url: string,
  body: object | undefined,
  headers: { [name: string]: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(answerMs),
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] });
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}
