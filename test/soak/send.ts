import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../../infra/local/start/sample.ts';
import type { AgentName } from './agents.ts';
import type { Planned } from './plan.ts';
import { signingSecret } from './project.ts';

/** What the sender knows of a delivery. */
export interface Sent {
  id: string;
  /** The agents that it is for. */
  agents: readonly AgentName[];
  /** How often it is to be answered with 2xx. */
  due: number;
  /** Requests that were made. */
  attempts: number;
  /** Statuses other than 2xx that it was answered with. */
  refusals: number[];
  /** Requests that nobody answered. */
  unanswered: number;
  /** What each 2xx answer said: the run of each agent. */
  answers: { [agent: string]: string }[];
}

/** Sends deliveries as GitHub does, and keeps a book of them. */
export interface Sending {
  /** Every delivery, from the beginning on. */
  book: readonly Sent[];
  /** When every delivery was answered with 2xx as often as planned, or it was given up. */
  done: Promise<void>;
  /** Nothing is sent any more. */
  giveUp(): void;
}

/** How long GitHub waits for an answer, in ms (GitHub docs, "Best practices for using webhooks"). */
const answerMs = 10_000;
/** How soon what got no 2xx is sent again, in ms. A person or a script would be slower: this is the harder test. */
const shortestPauseMs = 400;
const longestPauseMs = 2_500;
/** How much later a delivery is sent once more that was answered, in ms. */
const longestLaterMs = 8_000;

export function startSending(
  url: string,
  planned: readonly Planned[],
  random: () => number,
): Sending {
  const givenUp = new AbortController();
  setMaxListeners(0, givenUp.signal);
  const book: Sent[] = [];
  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: givenUp.signal }).catch(() => {});
  };
  const untilAnswered = async (sent: Sent): Promise<void> => {
    for (;;) {
      if (givenUp.signal.aborted) return;
      if (await attempt(url, sent)) return;
      await pause(shortestPauseMs + (longestPauseMs - shortestPauseMs) * random());
    }
  };
  const follow = async ({ id, agents, at, again }: Planned): Promise<void> => {
    const due = again === 'no' ? 1 : 2;
    const sent: Sent = { id, agents, due, attempts: 0, refusals: [], unanswered: 0, answers: [] };
    book.push(sent);
    await pause(at);
    const beside = again === 'at once' ? 2 : 1;
    await Promise.all(Array.from({ length: beside }, () => untilAnswered(sent)));
    if (again !== 'later') return;
    await pause(longestLaterMs * random());
    await untilAnswered(sent);
  };
  const done = Promise.all(planned.map(follow)).then(() => {});
  return { book, done, giveUp: () => givenUp.abort() };
}

/** Answers whether it was answered with 2xx. */
async function attempt(url: string, sent: Sent): Promise<boolean> {
  sent.attempts += 1;
  const body = bodyOf(sent);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issues',
        'x-github-delivery': sent.id,
        'x-hub-signature-256': sign(body, Buffer.from(signingSecret)),
      },
      body,
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await answer.text();
    if (!answer.ok) {
      sent.refusals.push(answer.status);
      return false;
    }
    const { runs = {} } = JSON.parse(text) as { runs?: { [agent: string]: string } };
    sent.answers.push(runs);
    return true;
  } catch {
    sent.unanswered += 1;
    return false;
  }
}

function bodyOf({ id, agents }: Sent): string {
  return JSON.stringify({
    action: 'opened',
    issue: {
      number: 1,
      title: `What ${id} is about`,
      user: { login: 'octavia' },
      labels: agents.map((name) => ({ name })),
    },
    repository: { full_name: 'acme/pasture' },
    sender: { login: 'octavia' },
  });
}
