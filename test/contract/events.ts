import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventMessage, type Events, hasCode } from '../../shared/ports/index.ts';
import { eventually } from '../drover.ts';

/** A message as a subscriber gets it. */
export interface Received extends EventMessage {
  orderingKey: string;
}

/** The port on a topic of its own, with somebody who subscribes to it in order. */
export interface EventsUnderTest {
  events: Events;
  /** The same port where there is no topic. */
  nowhere: Events;
  /** What has come so far, in the order in which it came. */
  received(): readonly Received[];
  close(): Promise<void>;
}

/**
 * What every implementation of {@link Events} must do. `open` is called before each test.
 *
 * @param leftOut What a stand-in does not do, and why it is no matter.
 */
export function eventsContract(
  name: string,
  open: () => Promise<EventsUnderTest>,
  leftOut: { limits?: string } = {},
): void {
  describe(`events: ${name}`, () => {
    let under: EventsUnderTest;
    const message = (text: string, attributes: EventMessage['attributes'] = { text }) => ({
      data: JSON.stringify({ text }),
      attributes,
    });
    const textsOf = (key: string): string[] =>
      under
        .received()
        .filter(({ orderingKey }) => orderingKey === key)
        .map(({ data }) => (JSON.parse(data) as { text: string }).text);

    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('brings a message with its data, its attributes and its key', async () => {
      const data = JSON.stringify({ text: 'Kälber € 🐄', list: [1, null] });
      await under.events.publish('run-1', [{ data, attributes: { run: 'run-1', event: 'start' } }]);
      await eventually(async () => under.received().length === 1);
      expect(under.received()).toEqual([
        { orderingKey: 'run-1', data, attributes: { run: 'run-1', event: 'start' } },
      ]);
    });

    it('brings the messages of one request, and of one after another, in their order', async () => {
      await under.events.publish(
        'run-1',
        ['a', 'b', 'c'].map((text) => message(text)),
      );
      await under.events.publish(
        'run-1',
        ['d'].map((text) => message(text)),
      );
      await under.events.publish(
        'run-1',
        ['e', 'f'].map((text) => message(text)),
      );
      await eventually(async () => textsOf('run-1').length === 6);
      expect(textsOf('run-1')).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    });

    it('keeps the order of each key, whatever others publish meanwhile', async () => {
      const numbers = ['0', '1', '2', '3', '4'];
      const publish = async (key: string): Promise<void> => {
        for (const text of numbers) await under.events.publish(key, [message(text)]);
      };
      await Promise.all(['run-1', 'run-2', 'run-3'].map(publish));
      await eventually(async () => under.received().length === 15);
      for (const key of ['run-1', 'run-2', 'run-3']) expect(textsOf(key)).toEqual(numbers);
    });

    it('publishes again what is given again', async () => {
      await under.events.publish('run-1', [message('a')]);
      await under.events.publish('run-1', [message('a')]);
      await eventually(async () => textsOf('run-1').length === 2);
    });

    it('refuses to publish where there is no topic', async () => {
      const refusal = await under.nowhere.publish('run-1', [message('a')]).catch((error) => error);
      expect(hasCode(refusal, 'not_found')).toBe(true);
    });

    const limits = leftOut.limits === undefined ? '' : ` (${leftOut.limits})`;
    it.skipIf(limits !== '')(
      `refuses an attribute that is too long, and all of its request${limits}`,
      async () => {
        const long = message('b', { text: 'x'.repeat(1_025) });
        const refusal = await under.events
          .publish('run-1', [message('a'), long])
          .catch((error) => error);
        expect(hasCode(refusal, 'invalid_argument')).toBe(true);
        await under.events.publish('run-1', [message('c')]);
        await eventually(async () => textsOf('run-1').includes('c'));
        expect(textsOf('run-1')).toEqual(['c']);
      },
    );
  });
}
