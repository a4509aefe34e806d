import { describe, expect, it } from 'vitest';
import { projectOf } from '../project.ts';
import { createWorld } from '../world.ts';
import { createTopic } from './topic.ts';

const message = (run: string, sequence: number) => ({
  data: '{}',
  attributes: { run, sequence: String(sequence) },
});

/** What a subscriber says of the topic after these requests, each of one run's event numbers. */
async function heard(...requests: number[][]): Promise<readonly string[]> {
  const topic = createTopic();
  const world = await createWorld({ project: projectOf({ triage: {} }) });
  const { events } = topic.wrap(world.ports);
  for (const numbers of requests) {
    await events.publish(
      'a',
      numbers.map((number) => message('a', number)),
    );
  }
  return topic.outOfOrder;
}

describe('the topic of events in a life', () => {
  it('finds nothing wrong with what comes in order, and comes again', async () => {
    expect(await heard([0, 1], [0, 1, 2], [1], [3])).toEqual([]);
  });

  it('finds what comes before its turn', async () => {
    expect(await heard([0], [2], [1])).toEqual(['a is told 2 before 1']);
    expect(await heard([1, 0])).toEqual(['a is told 1 before 0']);
  });

  it('finds a run that is over and was not told to its end', async () => {
    const topic = createTopic();
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: () => ({ exitCode: 0 }),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(await topic.untold(world)).toEqual([`0 of 4 events of ${triage} are told`]);
    const { events } = topic.wrap(world.ports);
    await events.publish(
      triage,
      [0, 1, 2, 3].map((number) => message(triage, number)),
    );
    expect(await topic.untold(world)).toEqual([]);
  });
});
