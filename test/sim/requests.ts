import type { Actor } from '../../shared/audit/audit.ts';
import { replayDelivery } from '../../shared/deliveries/replay.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Published, Releases } from '../../shared/projects/release.ts';
import type { Requested } from '../../shared/runs/request.ts';
import { retryRun } from '../../shared/runs/retry-run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { triggerRun } from '../../shared/runs/trigger-run.ts';
import type { World } from '../world.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import { settings } from './place.ts';
import type { Chance } from './random.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  deliveries: { sent: readonly string[] };
  note(text: string): void;
}

/** What a request with a key came to: its runs, and whether it was the one that admitted them. */
interface Answer {
  runs: string[];
  isNew: boolean;
}

/** A request with a key, however often it was made. */
interface Request {
  what: string;
  make(ports: Ports, releases: Releases): Promise<Answer | undefined>;
  answers: Answer[];
}

/** Share of the requests that were made before. */
const again = 0.35;

/** People who ask for runs, with a key, and ask again. */
export function createRequests({ world, ledger, chance, deliveries, note }: Surroundings) {
  const requests: Request[] = [];

  const someOver = (): string | undefined => {
    const over = [...ledger.runs.values()].filter(({ data }) => isOver(data.state));
    return over[chance.between(0, over.length - 1)]?.id;
  };
  const create = (agent: string): Request => {
    const key = `key-${requests.length}`;
    const actor: Actor = { who: 'key:octavia', why: '' };
    const kind = chance.fraction();
    const over = someOver();
    const sent = deliveries.sent[chance.between(0, deliveries.sent.length - 1)];
    if (kind < 0.2 && over !== undefined) {
      return {
        what: `run ${over} again (${key})`,
        make: async (ports, releases) =>
          answerOf(await retryRun(ports, settings, releases, over, actor, key)),
        answers: [],
      };
    }
    if (kind < 0.4 && sent !== undefined) {
      return {
        what: `replay delivery ${sent} (${key})`,
        make: async (ports, releases) => {
          const published = await currentOf(releases);
          const id = `github:${sent}`;
          const replayed = await replayDelivery(ports, settings, published, id, { actor, key });
          if (typeof replayed === 'string') return undefined;
          return { runs: Object.values(replayed.runs).sort(), isNew: replayed.isNew };
        },
        answers: [],
      };
    }
    const prompt = chance.pick([null, 'count the sheep']);
    return {
      what: `run ${agent} (${key})`,
      make: async (ports, releases) => {
        const published = await currentOf(releases);
        return answerOf(
          await triggerRun(ports, settings, published, { agent, prompt, key, actor }),
        );
      },
      answers: [],
    };
  };
  const some = (agent: string): Request => {
    const known = requests[chance.between(0, requests.length - 1)];
    if (known && chance.happens(again)) return known;
    const made = create(agent);
    requests.push(made);
    return made;
  };

  return {
    make: async (agent: string): Promise<void> => {
      const request = some(agent);
      note(`somebody wants to ${request.what}`);
      try {
        const answer = await world.call('control', request.make);
        note(`${request.what}: ${JSON.stringify(answer)}`);
        if (answer) request.answers.push(answer);
      } catch (error) {
        note(`${request.what}: no answer (${error instanceof Error ? error.message : error})`);
      }
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

function answerOf(requested: Requested): Answer | undefined {
  return requested.ok ? { runs: [requested.runId], isNew: requested.isNew } : undefined;
}

async function currentOf(releases: Releases): Promise<Published> {
  const current = await releases.current();
  if (!current) throw new Error('nothing is published');
  return current;
}
