import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Attempt, Outcome, TasksEngine } from './engines/tasks/index.ts';
import type { Issuer } from './issuer.ts';
import { drive, type Loop } from './loop.ts';

interface Delivery {
  engine: TasksEngine;
  issuer: Issuer;
  now(): number;
  /** Whether Google lets a service account call a URL. Default: it does. */
  mayCall?(email: string, url: string): boolean;
}

/**
 * Makes the deliveries of Cloud Tasks over HTTP, with the identity tokens that tasks ask for. After `stop` nothing is
 * reported any more: what was in flight is delivered again by the next process.
 */
export function deliverTasks({ engine, issuer, now, mayCall = () => true }: Delivery): Loop {
  const agents: Agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  let stopped = false;
  const perform = async (attempt: Attempt): Promise<void> => {
    const { oidc, url } = attempt;
    const isRefused = oidc !== undefined && !mayCall(oidc.email, url);
    const outcome = isRefused
      ? { status: 403 }
      : await deliver(attempt, issuer, agents, now).catch(failure);
    if (stopped) return;
    engine.settle(attempt, outcome);
    loop.poke();
  };
  const loop = drive<Attempt>(engine, now, (attempt) => void perform(attempt));
  // What the store kept may be due already.
  loop.poke();
  return {
    poke: loop.poke,
    stop: () => {
      stopped = true;
      loop.stop();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  http: HttpAgent;
  https: HttpsAgent;
}

function failure(error: unknown): Outcome {
  return { failed: error instanceof Error ? error.message : String(error) };
}

async function deliver(
  attempt: Attempt,
  issuer: Issuer,
  agents: Agents,
  now: () => number,
): Promise<Outcome> {
  const headers: { [name: string]: string } = { ...attempt.headers };
  if (attempt.oidc) headers.Authorization = `Bearer ${await issuer.mint(attempt.oidc)}`;
  return new Promise((resolve, reject) => {
    const request = open(attempt, headers, agents);
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${attempt.deadlineMs} ms`)),
      attempt.deadlineMs,
    );
    // A deadline of half an hour must not keep a stopped local cloud alive.
    deadline.unref();
    request.on('response', (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        const retryAfterMs = retryAfter(answered['retry-after'], now());
        resolve(retryAfterMs === undefined ? { status } : { status, retryAfterMs });
      });
    });
    request.on('error', reject);
    request.on('close', () => clearTimeout(deadline));
    request.end(attempt.body);
  });
}

/** Redirects are not followed: Cloud Tasks promises no more than that it may follow them. */
function open(
  { url, method, body }: Attempt,
  headers: { [name: string]: string },
  agents: Agents,
): ClientRequest {
  const sized = body.length > 0 ? { ...headers, 'Content-Length': String(body.length) } : headers;
  return url.startsWith('https:')
    ? httpsRequest(url, { method, headers: sized, agent: agents.https })
    : httpRequest(url, { method, headers: sized, agent: agents.http });
}

/** `Retry-After` in ms from now: a number of seconds, or a date. */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
