import { isOver } from '../../shared/runs/states.ts';
import { deliveryId } from './deliveries.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Tell, Wish } from './people-api.ts';
import type { Chance } from './random.ts';

interface Surroundings {
  ledger: Ledger;
  chance: Chance;
  tell: Tell;
  deliveries: { sent: readonly number[] };
}

/** What the control API answers to a request for one run, or to one for a replay. */
interface Body {
  run?: string;
  runs?: { [agent: string]: string };
  isNew: boolean;
}

/** What a request with a key came to: its runs, and whether it was the one that admitted them. */
interface Answer {
  runs: string[];
  isNew: boolean;
}

/** A request with a key, however often it was made. */
interface Request extends Wish {
  answers: Answer[];
}

/** Share of the requests that were made before. */
const again = 0.35;

/** People who ask for runs, with a key, and ask again. */
export function createRequests({ ledger, chance, tell, deliveries }: Surroundings) {
  const requests: Request[] = [];

  const someOver = (): string | undefined => {
    const over = [...ledger.runs.values()].filter(({ data }) => isOver(data.state));
    return over[chance.between(0, over.length - 1)]?.id;
  };
  const wish = (agent: string): Wish => {
    const kind = chance.fraction();
    const over = someOver();
    const sent = deliveries.sent[chance.between(0, deliveries.sent.length - 1)];
    if (kind < 0.2 && over !== undefined) {
      return { what: `run ${over} again`, path: `/v1/runs/${over}/retry` };
    }
    if (kind < 0.4 && sent !== undefined) {
      const id = `github:${deliveryId(sent)}`;
      return { what: `replay delivery ${sent}`, path: `/v1/deliveries/${id}/replay` };
    }
    const path = `/v1/agents/${agent}/trigger`;
    const body = chance.happens(0.5) ? {} : { prompt: 'count the sheep' };
    return { what: `run ${agent}`, path, body };
  };
  const some = (agent: string): Request => {
    const known = requests[chance.between(0, requests.length - 1)];
    if (known && chance.happens(again)) return known;
    const key = `key-${requests.length}`;
    const { what, ...rest } = wish(agent);
    const headers = { 'idempotency-key': key };
    const made: Request = { ...rest, what: `${what} (${key})`, headers, answers: [] };
    requests.push(made);
    return made;
  };

  return {
    make: async (agent: string): Promise<void> => {
      const request = some(agent);
      const told = await tell<Body>(request);
      if (told?.status !== 200) return;
      const { run, runs = {}, isNew } = told.body;
      const started = run === undefined ? Object.values(runs).sort() : [run];
      request.answers.push({ runs: started, isNew });
    },
    judgeAnswers: (): void => {
      for (const { what, answers } of requests) {
        const runs = new Set(answers.map((answer) => answer.runs.join(' ')));
        hold(runs.size <= 1, 'answers', `${what} was answered with ${[...runs].join(' and ')}`);
        const times = answers.filter(({ isNew }) => isNew).length;
        hold(times <= 1, 'answers', `${what} was done ${times} times`);
        for (const run of answers.flatMap((answer) => answer.runs)) {
          hold(ledger.runs.has(run), 'answers', `${what} was answered with ${run}`, run);
        }
      }
    },
  };
}
