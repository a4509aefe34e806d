import { describe, expect, it } from 'vitest';
import { memoryStore } from './engines/engine.ts';
import { createPubSubEngine } from './engines/pubsub/engine.ts';
import { makeEventsTopic, pushEvents } from './events-topic.ts';

const project = 'demo';
const topic = 'projects/demo/topics/drover-events';
const event = { data: Buffer.from('{}'), attributes: {}, orderingKey: 'run' };

/** A Pub/Sub that can be opened again, as after a restart. */
function reopening() {
  const store = memoryStore();
  return () => {
    const engine = createPubSubEngine({ now: () => 1_000, random: () => 0.5, store });
    makeEventsTopic(engine, project);
    return engine;
  };
}

describe('the topic of events on this machine', () => {
  it('is there, with that of dead letters, and keeps nothing while nobody subscribes', () => {
    const engine = reopening()();
    expect(engine.topics()).toEqual([topic, `${topic}-dead`]);
    pushEvents(engine, project, undefined);
    engine.publish(topic, event);
    expect(engine.nextDue()).toBeUndefined();
  });

  it('pushes to where the last start says, what an earlier one left too', () => {
    const open = reopening();
    const first = open();
    pushEvents(first, project, 'http://127.0.0.1:1/');
    first.publish(topic, event);
    const second = open();
    pushEvents(second, project, 'http://127.0.0.1:2/');
    expect(second.take().map(({ endpoint }) => endpoint)).toEqual(['http://127.0.0.1:2/']);
  });

  it('pushes nothing any more after a start that names no place', () => {
    const open = reopening();
    const first = open();
    pushEvents(first, project, 'http://127.0.0.1:1/');
    first.publish(topic, event);
    const second = open();
    pushEvents(second, project, undefined);
    expect(second.take()).toEqual([]);
    const third = open();
    expect(third.subscriptions()).toEqual([]);
    expect(third.take()).toEqual([]);
  });

  it('hears of a push that was answered after its subscription went', () => {
    const engine = reopening()();
    pushEvents(engine, project, 'http://127.0.0.1:1/');
    engine.publish(topic, event);
    const [push] = engine.take();
    pushEvents(engine, project, undefined);
    expect(() => push && engine.settle(push, true)).not.toThrow();
  });
});
