import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSender } from './sender.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An answer whose pieces a test gives out, as a command gets it. */
async function answered(type: string) {
  let give: ReadableStreamDefaultController<Uint8Array> | undefined;
  let asked: AbortSignal | null | undefined;
  const interrupt = new AbortController();
  const send = createSender({
    name: 'there',
    signal: interrupt.signal,
    pause: async () => undefined,
    fetch: async (_input, init) => {
      asked = init?.signal;
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        give = controller;
        asked?.addEventListener('abort', () => controller.error(asked?.reason));
      };
      const body = new ReadableStream<Uint8Array>({ start });
      return new Response(body, { status: 201, headers: { 'content-type': type } });
    },
  });
  const answer = await send('https://there.test');
  return {
    answer,
    interrupt,
    isLetGo: () => asked?.aborted,
    give: (text: string) => give?.enqueue(Buffer.from(text)),
    end: () => give?.close(),
    breakOff: () => give?.error(new TypeError('terminated')),
  };
}

const failing = (reading: Promise<unknown>) =>
  reading.then(
    () => 'no failure',
    (error: Error & { code?: string; details?: string[] }) => error,
  );

describe('an answer that has begun', () => {
  it('may take its time as long as something comes', async () => {
    const { answer, give, end, isLetGo } = await answered('application/json');
    const text = answer.text();
    for (const piece of ['{', '"a":', '1', '}']) {
      give(piece);
      await vi.advanceTimersByTimeAsync(29_000);
    }
    end();
    expect([await text, answer.status, answer.headers.get('content-type')]).toEqual([
      '{"a":1}',
      201,
      'application/json',
    ]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(isLetGo()).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['application/json', 30],
    ['text/event-stream', 60],
  ])(
    'of type %s fails after %i s without a byte, and its connection is let go',
    async (type, seconds) => {
      const { answer, give, isLetGo } = await answered(type);
      const failure = failing(answer.text());
      give('{');
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(isLetGo()).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await failure).toMatchObject({
        code: 'CONTROL_UNREACHABLE',
        details: [`nothing more of its answer came for ${seconds} s`],
      });
      expect(isLetGo()).toBe(true);
    },
  );

  it('fails in the same way when it breaks off, and not when somebody interrupts it', async () => {
    const broken = await answered('application/json');
    broken.give('{');
    broken.breakOff();
    expect(await failing(broken.answer.text())).toMatchObject({ code: 'CONTROL_UNREACHABLE' });
    const stopped = await answered('application/json');
    const failure = failing(stopped.answer.text());
    stopped.interrupt.abort();
    expect(await failure).toMatchObject({ name: 'AbortError' });
  });

  it('has no time for what nobody reads', async () => {
    const { answer, isLetGo } = await answered('text/event-stream');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(isLetGo()).toBe(false);
    await answer.body?.cancel();
  });
});
