import { setImmediate as turn } from 'node:timers/promises';
import { Hono } from 'hono';
import { follow } from '../../../functions/control/follow.ts';
import type { Clock, Documents } from '../../../shared/ports/index.ts';
import { createLogGatherer } from '../../../shared/runs/logs.ts';
import { logStart } from '../../../shared/runs/read-log.ts';
import { callSeconds } from '../../costs/durations.ts';
import { projectOf } from '../../project.ts';
import { createWorld } from '../../world.ts';
import type { Row } from '../rows.ts';
import { percentile } from '../statistics.ts';
import { rate } from './rate.ts';

/** What is not told within this after the last line is never told: all that a line waits for is far below. */
const longestMs = 10_000;

/**
 * How long a line waits that a container writes, reckoned under a clock that stands still but for what is waited for: until others of
 * its chunk have come, until the control API looks again, and for Firestore as long as its calls are taken to last. The same on every
 * machine; what Cloud Logging and Pub/Sub take before is not in it.
 */
export async function reckonedRows(): Promise<Row[]> {
  const { waits, writes } = await reckon();
  const note = `${rate.count.toLocaleString('en-US')} lines, one every ${rate.everyMs} ms, under a clock that stands still otherwise`;
  const name = 'log line, received → told, reckoned';
  return [
    { name: 'Firestore writes, a thousand log lines in ten seconds', value: writes, unit: '' },
    { name: `${name}, p50`, value: percentile(waits, 0.5), unit: 'ms', note },
    { name: `${name}, p95`, value: percentile(waits, 0.95), unit: 'ms' },
  ];
}

async function reckon(): Promise<{ waits: number[]; writes: number }> {
  const world = await createWorld({
    project: projectOf({ bench: { timeout: 3_600 } }),
    container: () => 'runs',
  });
  const { bench: runId = '' } = await world.deliver('followed');
  await world.settle();
  const { log } = world.ports;
  const { clock, step } = steppedClock(world.ports.clock.now());
  const { documents, written: writes } = slow(world.ports.documents, clock);
  const gatherer = createLogGatherer({ documents, clock });
  const app = new Hono().get('/', (context) =>
    follow(context, { documents, clock, log }, runId, logStart),
  );
  const told: number[] = [];
  const { body } = await app.request('/');
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('the log cannot be followed');
  const reading = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = value.match(/^event: line$/gm) ?? [];
      told.push(...lines.map(() => clock.now()));
    }
  })();
  const written: number[] = [];
  const kept: Promise<void>[] = [];
  const last = rate.count * rate.everyMs + longestMs;
  for (let passed = 0; passed < last && told.length < rate.count; passed += rate.everyMs) {
    if (written.length < rate.count) {
      const at = new Date(clock.now()).toISOString();
      const insertId = String(written.length);
      written.push(clock.now());
      kept.push(gatherer.add(runId, { at, insertId, severity: 'INFO', text: 'a line' }));
    }
    await step(rate.everyMs);
  }
  await Promise.all(kept);
  await reader.cancel();
  await reading;
  if (told.length !== rate.count) throw new Error(`${told.length} of ${rate.count} lines told`);
  return { waits: told.map((at, line) => at - (written[line] ?? Number.NaN)), writes: writes() };
}

/** Documents whose calls take their time, and how many were written so far. */
function slow(documents: Documents, clock: Clock) {
  const take = (method: string): Promise<void> =>
    clock.sleep(1_000 * (callSeconds[`Firestore.${method}`] ?? Number.NaN));
  let written = 0;
  const slowed: Documents = {
    ...documents,
    get: async (path) => {
      await take('BatchGetDocuments');
      return documents.get(path);
    },
    query: async (query) => {
      await take('RunQuery');
      return documents.query(query);
    },
    commit: async (writes) => {
      written += writes.length;
      await take('Commit');
      return documents.commit(writes);
    },
  };
  return { documents: slowed, written: () => written };
}

/** A clock that stands still until it is moved, and wakes whoever sleeps when their time has come. */
function steppedClock(from: number): { clock: Clock; step(ms: number): Promise<void> } {
  let now = from;
  let sleepers: { dueAt: number; wake: () => void }[] = [];
  return {
    clock: {
      now: () => now,
      sleep: (ms) => new Promise((wake) => sleepers.push({ dueAt: now + ms, wake })),
    },
    step: async (ms) => {
      now += ms;
      const due = sleepers.filter(({ dueAt }) => dueAt <= now);
      sleepers = sleepers.filter(({ dueAt }) => dueAt > now);
      for (const { wake } of due) wake();
      // Whoever was woken does all that it can do without time passing.
      for (let turns = 0; turns < 10; turns += 1) await turn();
    },
  };
}
