import { describe, expect, it } from 'vitest';
import { harness, queue, request } from './harness.ts';

const named = (id: string) => ({ ...request, name: `${queue}/tasks/${id}` });

describe('dispatch', () => {
  it('has nothing due without tasks', () => {
    const { engine } = harness();
    expect(engine.nextDue()).toBeUndefined();
    expect(engine.take()).toEqual([]);
  });

  it('takes a task once, when its time has come', () => {
    const { engine, clock } = harness();
    engine.createTask(queue, { ...request, scheduleAt: clock.now + 5_000 });
    expect(engine.nextDue()).toBe(clock.now + 5_000);
    expect(engine.take()).toEqual([]);
    clock.now += 5_000;
    expect(engine.take()).toHaveLength(1);
    expect(engine.take()).toEqual([]);
    expect(engine.nextDue()).toBeUndefined();
  });

  it('takes no more than the bucket holds, then as fast as it refills', () => {
    const { engine, clock } = harness({ maxDispatchesPerSecond: 2 });
    for (let n = 0; n < 20; n += 1) engine.createTask(queue, request);
    expect(engine.take()).toHaveLength(10);
    expect(engine.nextDue()).toBe(clock.now + 500);
    clock.now += 499;
    expect(engine.take()).toEqual([]);
    clock.now += 1;
    expect(engine.take()).toHaveLength(1);
    clock.now += 2_000;
    expect(engine.take()).toHaveLength(4);
  });

  it('is always ready at the time it named', () => {
    const { engine, clock } = harness({ maxDispatchesPerSecond: 7 });
    for (let n = 0; n < 60; n += 1) engine.createTask(queue, request);
    engine.take();
    for (let n = 0; n < 50; n += 1) {
      clock.now = engine.nextDue() ?? 0;
      expect(engine.take()).toHaveLength(1);
    }
  });

  it('has no more in flight than allowed', () => {
    const { engine } = harness({ maxConcurrentDispatches: 2 });
    for (let n = 0; n < 3; n += 1) engine.createTask(queue, request);
    const [first] = engine.take();
    expect(engine.nextDue()).toBeUndefined();
    if (first) engine.settle(first, { status: 204 });
    expect(engine.take()).toHaveLength(1);
  });

  it('holds what a paused queue is given until it is resumed', () => {
    const { engine, clock } = harness();
    engine.pauseQueue(queue);
    engine.createTask(queue, request);
    expect(engine.nextDue()).toBeUndefined();
    expect(engine.take()).toEqual([]);
    engine.resumeQueue(queue);
    expect(engine.nextDue()).toBe(clock.now);
    expect(engine.take()).toHaveLength(1);
  });

  it('counts a delivery that was not answered as a failure without a response', () => {
    const { engine, clock } = harness();
    const { name } = engine.createTask(queue, named('a'));
    const [first] = engine.take();
    if (first) engine.settle(first, { failed: 'no answer' });
    expect(engine.getTask(name)).toMatchObject({ dispatches: 1, responses: 0, failures: 1 });
    clock.now += 100;
    const [second] = engine.take();
    expect(second?.headers['X-CloudTasks-TaskRetryCount']).toBe('1');
    expect(second?.headers).not.toHaveProperty('X-CloudTasks-TaskPreviousResponse');
  });

  it('heeds Retry-After of 429 and 503 only, and never comes before the back-off', () => {
    const { engine, clock } = harness({ minBackoffMs: 1_000 });
    const { name } = engine.createTask(queue, named('a'));
    const fail = (status: number, retryAfterMs: number): number => {
      const [attempt] = engine.take();
      if (attempt) engine.settle(attempt, { status, retryAfterMs });
      const wait = engine.getTask(name).scheduleAt - clock.now;
      clock.now += wait;
      return wait;
    };
    expect(fail(503, 60_000)).toBe(60_000);
    expect(fail(500, 60_000)).toBe(2_000);
    expect(fail(429, 10)).toBe(4_000);
  });

  it('lets an exhausted task vanish without a trace but its name', () => {
    const { engine } = harness({ maxAttempts: 1 });
    const { name } = engine.createTask(queue, named('a'));
    const [only] = engine.take();
    if (only) engine.settle(only, { status: 500 });
    expect(engine.nextDue()).toBeUndefined();
    expect(() => engine.getTask(name)).toThrow(/no longer exists/);
  });

  it('lets a task vanish that is 31 days old', () => {
    const { engine, clock } = harness();
    engine.pauseQueue(queue);
    engine.createTask(queue, request);
    clock.now += 31 * 24 * 3_600_000 + 1;
    engine.resumeQueue(queue);
    expect(engine.take()).toEqual([]);
    expect(engine.listTasks(queue, {}).items).toEqual([]);
  });

  it('delivers again after a restart what was in flight, and nothing that was over', () => {
    const { engine, restart } = harness();
    engine.createTask(queue, named('done'));
    engine.createTask(queue, named('flying'));
    const [done] = engine.take();
    if (done) engine.settle(done, { status: 200 });
    const next = restart();
    const [again, ...others] = next.take();
    expect(others).toEqual([]);
    expect(again).toMatchObject({ task: `${queue}/tasks/flying`, body: Buffer.from('hi') });
    expect(() => next.createTask(queue, named('done'))).toThrow(/existed too recently/);
  });

  it('keeps count of the attempts over a restart', () => {
    const { engine, clock, restart } = harness();
    engine.createTask(queue, named('a'));
    const [first] = engine.take();
    if (first) engine.settle(first, { status: 404 });
    clock.now += 100;
    const [second] = restart().take();
    expect(second?.headers).toMatchObject({
      'X-CloudTasks-TaskRetryCount': '1',
      'X-CloudTasks-TaskPreviousResponse': '404',
    });
  });

  it('lets a deleted task rest, whatever its delivery comes to', () => {
    const { engine } = harness({ maxConcurrentDispatches: 1 });
    const { name } = engine.createTask(queue, named('a'));
    const [flying] = engine.take();
    engine.deleteTask(name);
    if (flying) engine.settle(flying, { status: 500 });
    expect(engine.nextDue()).toBeUndefined();
    engine.createTask(queue, request);
    expect(engine.take()).toHaveLength(1);
  });
});

describe('misbehaviour', () => {
  it('delivers the next tasks twice, and counts the first report only', () => {
    const { engine } = harness();
    engine.misbehave({ duplicate: 1 });
    engine.createTask(queue, named('a'));
    engine.createTask(queue, named('b'));
    const attempts = engine.take();
    expect(attempts.map(({ task }) => task.at(-1))).toEqual(['a', 'a', 'b']);
    const [first, twin] = attempts;
    if (twin) engine.settle(twin, { status: 500 });
    if (first) engine.settle(first, { status: 200 });
    expect(() => engine.getTask(`${queue}/tasks/a`)).toThrow(/no longer exists/);
  });

  it('forgets the next tasks', () => {
    const { engine } = harness();
    engine.misbehave({ forget: 1 });
    engine.createTask(queue, named('a'));
    engine.createTask(queue, named('b'));
    expect(engine.take().map(({ task }) => task.at(-1))).toEqual(['b']);
    expect(() => engine.getTask(`${queue}/tasks/a`)).toThrow(/no longer exists/);
  });

  it('delivers late until it is told otherwise', () => {
    const { engine, clock } = harness();
    engine.misbehave({ delayMs: 7_000 });
    engine.createTask(queue, request);
    expect(engine.nextDue()).toBe(clock.now + 7_000);
    engine.misbehave({});
    engine.createTask(queue, request);
    expect(engine.nextDue()).toBe(clock.now);
  });
});
