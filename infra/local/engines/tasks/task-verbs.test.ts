import { describe, expect, it } from 'vitest';
import { harness, queue, request } from './harness.ts';
import type { NewTask } from './types.ts';

const named = (id: string): NewTask => ({ ...request, name: `${queue}/tasks/${id}` });
const oidc = { email: 'a@demo.iam.gserviceaccount.com' };
const days = 24 * 3_600_000;

describe('creating a task', () => {
  it('gives it a name of its own, and the defaults', () => {
    const { engine, clock } = harness();
    const task = engine.createTask(queue, { url: 'https://target/x?y=1', oidc });
    expect(task).toMatchObject({
      name: expect.stringMatching(/\/queues\/wake\/tasks\/\d{20}$/),
      method: 'POST',
      scheduleAt: clock.now,
      dispatchDeadlineMs: 600_000,
      oidc: { ...oidc, audience: 'https://target/x?y=1' },
    });
  });

  it.each<[rule: string, task: Partial<NewTask>, message: RegExp]>([
    ['a url', { url: '' }, /url is required/],
    ['an http url', { url: 'ftp://target/' }, /must start with 'http:\/\/' or 'https:\/\/'/],
    ['a well-formed url', { url: 'http://[' }, /not a valid URL/],
    ['a short url', { url: `http://t/${'é'.repeat(400)}` }, /no longer than 2083/],
    ['a body with POST, PUT or PATCH only', { method: 'GET' }, /body is allowed only/],
    ['a task under 1 MiB', { body: Buffer.alloc(1024 * 1024) }, /Task size too large/],
    ['headers under 80 KB', { headers: { a: 'x'.repeat(81_920) } }, /less than 80KB/],
    ['well-formed header names', { headers: { 'a b': 'x' } }, /not a valid HTTP header/],
    ['well-formed header values', { headers: { a: 'x\r\ny: z' } }, /not a valid HTTP header/],
    ['a deadline of 15 s or more', { dispatchDeadlineMs: 14_999 }, /between \[15s, 30m\]/],
    ['a deadline of 30 min or less', { dispatchDeadlineMs: 1_800_001 }, /between \[15s, 30m\]/],
    ['a token sent with TLS', { url: 'http://target/', oidc }, /must start with 'https:/],
    ['a token of an account', { oidc: { email: 'nobody' } }, /serviceAccountEmail/],
    ['a name in its queue', { name: `${queue}-2/tasks/a` }, /must be the same as the queue name/],
    ['a full name', { name: 'a' }, /Task name must be formatted/],
    ['an id of plain characters', { name: `${queue}/tasks/a.b` }, /can contain only letters/],
    ['a short id', { name: `${queue}/tasks/${'a'.repeat(501)}` }, /between 1 and 500/],
  ])('asks for %s', (_, task, message) => {
    const { engine } = harness();
    const create = () => engine.createTask(queue, { ...request, ...task });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(engine.listTasks(queue, {}).items).toEqual([]);
  });

  it('takes a time 30 days ahead and not a moment later', () => {
    const { engine, clock } = harness();
    engine.createTask(queue, { ...request, scheduleAt: clock.now + 30 * days });
    expect(() =>
      engine.createTask(queue, { ...request, scheduleAt: clock.now + 30 * days + 1 }),
    ).toThrow(/no more than 720h in the future/);
  });

  it('replaces the headers that are not for the caller to set', () => {
    const { engine } = harness();
    const headers = {
      Host: 'x',
      'user-agent': 'x',
      'X-Google-A': 'x',
      'X-AppEngine-B': 'x',
      'X-CloudTasks-TaskName': 'forged',
      Authorization: 'x',
      'X-Mine': 'kept',
    };
    engine.createTask(queue, { ...request, headers, oidc, name: `${queue}/tasks/a` });
    const [attempt] = engine.take();
    expect(attempt?.headers).toEqual({
      'X-Mine': 'kept',
      'User-Agent': 'Google-Cloud-Tasks',
      'X-CloudTasks-QueueName': 'wake',
      'X-CloudTasks-TaskName': 'a',
      'X-CloudTasks-TaskRetryCount': '0',
      'X-CloudTasks-TaskExecutionCount': '0',
      'X-CloudTasks-TaskETA': '1767225600.000000',
    });
  });

  it('is refused for an unknown queue', () => {
    const { engine } = harness();
    expect(() => engine.createTask(`${queue}-2`, request)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringMatching(/^Queue does/) }),
    );
  });
});

describe('the name of a task', () => {
  it('is taken while the task lives and for a while after its end', () => {
    const { engine, clock, store } = harness({}, 3_600_000);
    engine.createTask(queue, named('a'));
    const taken = expect.objectContaining({ code: 'ALREADY_EXISTS' });
    expect(() => engine.createTask(queue, named('a'))).toThrow(taken);
    engine.deleteTask(`${queue}/tasks/a`);
    clock.now += 3_599_999;
    expect(() => engine.createTask(queue, named('a'))).toThrow(taken);
    clock.now += 1;
    expect(engine.createTask(queue, named('a')).name).toBe(`${queue}/tasks/a`);
    expect(store.entries('tasks.names')).toEqual([]);
  });

  it('is not taken by a task that was refused', () => {
    const { engine } = harness();
    expect(() => engine.createTask(queue, { ...named('a'), url: '' })).toThrow();
    expect(engine.createTask(queue, named('a')).name).toBe(`${queue}/tasks/a`);
  });

  it('tells a task that is over from one that never was', () => {
    const { engine } = harness();
    engine.createTask(queue, named('a'));
    engine.deleteTask(`${queue}/tasks/a`);
    expect(() => engine.getTask(`${queue}/tasks/a`)).toThrow(/no longer exists, though/);
    expect(() => engine.getTask(`${queue}/tasks/b`)).toThrow('Requested entity was not found.');
    expect(() => engine.deleteTask(`${queue}/tasks/b`)).toThrow('Requested entity was not found.');
  });
});

describe('listing tasks', () => {
  it('gives every task once, over pages', () => {
    const { engine } = harness();
    for (const id of ['c', 'a', 'b']) engine.createTask(queue, named(id));
    const first = engine.listTasks(queue, { size: 2 });
    expect(first.items.map(({ name }) => name.at(-1))).toEqual(['a', 'b']);
    const second = engine.listTasks(queue, { size: 2, token: first.next ?? '' });
    expect(second.items.map(({ name }) => name.at(-1))).toEqual(['c']);
    expect(second.next).toBeUndefined();
    expect(() => engine.listTasks(queue, { token: '!' })).toThrow(/page token/);
  });
});
