import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Document } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import { deliveryOf } from '../../shared/runs/trigger.ts';
import type { World } from '../world.ts';
import { githubRequest } from './deliveries-github.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  check(look: () => void): void;
  note(text: string): void;
}

/** What the webhook answers to a delivery that it has taken. */
interface Answer {
  delivery: string;
  runs: { [agent: string]: string };
}

/** Share of the deliveries that were sent before. */
const again = 0.3;
/** Share of the bursts that are large. */
const large = 0.05;

/** GitHub: sends deliveries in bursts, some of them again; whoever gets no answer may send again later. */
export function createDeliveries({ world, ledger, chance, check, note }: Surroundings) {
  const sent: number[] = [];
  const answers: Answer[] = [];

  const someNumber = (): number => {
    const known = sent[chance.between(0, sent.length - 1)];
    if (known !== undefined && chance.happens(again)) return known;
    sent.push(sent.length);
    return sent.length - 1;
  };
  const send = async (number: number): Promise<void> => {
    const { event, body } = githubRequest(number);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': event,
      'x-github-delivery': deliveryId(number),
      ...world.signed(body),
    };
    try {
      const request = { method: 'POST', headers, body };
      const { status, text } = await world.request('webhook', '/webhooks/github', request);
      note(`delivery ${number} answered ${status} ${text}`);
      check(() => hold(status === 200 || status === 503, 'bugs', `delivery ${number}: ${text}`));
      if (status === 200) answers.push(JSON.parse(text) as Answer);
    } catch (error) {
      note(`delivery ${number} got no answer: ${error instanceof Error ? error.message : error}`);
    }
  };

  return {
    /** Numbers of the deliveries that were sent so far. */
    sent: sent as readonly number[],
    sendSome: (): void => {
      const size = chance.happens(large) ? chance.between(10, 30) : chance.between(1, 6);
      for (let left = size; left > 0; left -= 1) {
        const number = someNumber();
        if (chance.strikes(`delivery ${number}`, 1)) void send(number);
      }
    },
    /** Judges what the sender was told: it is there, and so are its runs. */
    judgeAnswers: async (runs: readonly Document<Run>[]): Promise<void> => {
      for (const { delivery, runs: given } of answers) {
        const found = ledger.document<Delivery>(`deliveries/${delivery}`);
        hold(found !== undefined, 'deliveries', `${delivery} was answered with yes, and is gone`);
        for (const [agent, id] of Object.entries(given)) judgeRun(runs, delivery, agent, id);
      }
    },
  };
}

/** The id that GitHub gives the delivery of this number. */
export function deliveryId(number: number): string {
  return `72d3162e-cc78-11e3-81ab-${String(number).padStart(12, '0')}`;
}

function judgeRun(
  runs: readonly Document<Run>[],
  delivery: string,
  agent: string,
  id: string,
): void {
  const own = runs.filter(
    ({ data }) => data.agent === agent && deliveryOf(data.trigger) === delivery,
  );
  const first = own.filter(({ data }) => data.trigger.type === 'webhook');
  hold(first.length <= 1, 'answers', `${delivery} has ${first.length} runs of ${agent}`, id);
  // One that produced nothing at first may have been replayed before it was sent again.
  const known = first.length > 0 ? first : own;
  const isOfIt = known.some((run) => run.id === id);
  hold(isOfIt, 'answers', `${delivery} was answered with ${id}, not ${known[0]?.id}`, id);
}
