import type { Ports } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';

/** The topic of events as a subscriber sees it who drops what it has seen. */
export interface Topic {
  /** Ports that hear of each message once it is there. */
  wrap(ports: Ports): Ports;
  /** What came out of order, a line each. */
  outOfOrder: readonly string[];
  /** Runs that are over and were not told to their end, a line each. */
  untold(world: World): Promise<string[]>;
}

export function createTopic(): Topic {
  const outOfOrder: string[] = [];
  /** How many events of a run have come. */
  const counts = new Map<string, number>();
  const hear = (run: string, sequence: number): void => {
    const count = counts.get(run) ?? 0;
    if (sequence > count) outOfOrder.push(`${run} is told ${sequence} before ${count}`);
    counts.set(run, Math.max(count, sequence + 1));
  };
  return {
    outOfOrder,
    wrap: (ports) => ({
      ...ports,
      events: {
        publish: async (key, messages) => {
          await ports.events.publish(key, messages);
          for (const { attributes } of messages) hear(key, Number(attributes.sequence));
        },
      },
    }),
    untold: async (world) => {
      const runs = await world.ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
      return runs.flatMap(({ id, data }) => {
        const count = counts.get(id) ?? 0;
        return isOver(data.state) && count !== data.events + 1
          ? [`${count} of ${data.events + 1} events of ${id} are told`]
          : [];
      });
    },
  };
}
