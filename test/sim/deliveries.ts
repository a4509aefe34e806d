import type { World } from '../world.ts';
import type { Remains } from './invariants.ts';
import type { Chance } from './random.ts';

/** Share of the deliveries that were sent before. */
const again = 0.3;
/** Share of the bursts that are large. */
const large = 0.05;
/** Issues that the deliveries are about; those of one issue have one concurrency key. */
const issues = 3;

/** GitHub: sends deliveries in bursts, some of them again; whoever gets no answer may send again later. */
export function createDeliveries(world: World, chance: Chance, note: (text: string) => void) {
  const sent: string[] = [];
  const answered: Remains['answered'] = [];

  const someId = (): string => {
    if (sent.length > 0 && chance.happens(again)) {
      return sent[chance.between(0, sent.length - 1)] ?? '';
    }
    sent.push(String(sent.length));
    return sent.at(-1) ?? '';
  };
  const deliver = async (id: string): Promise<void> => {
    try {
      const runs = await world.deliver(id, aboutOf(id));
      answered.push({ delivery: `github:${id}`, runs });
      note(`delivery ${id} answered ${JSON.stringify(runs)}`);
    } catch (error) {
      note(`delivery ${id} got no answer: ${error instanceof Error ? error.message : error}`);
    }
  };
  return {
    answered,
    /** Ids of the deliveries that were sent so far. */
    sent: sent as readonly string[],
    sendSome: (): void => {
      const size = chance.happens(large) ? chance.between(10, 30) : chance.between(1, 6);
      for (let left = size; left > 0; left -= 1) void deliver(someId());
    },
  };
}

/** A delivery is about the same whenever it is sent; one in five is about no issue. */
function aboutOf(id: string): { number?: number } {
  return Number(id) % 5 === 4 ? {} : { number: Number(id) % issues };
}
