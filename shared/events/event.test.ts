import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import type { Document } from '../ports/index.ts';
import type { Run, RunJournalEntry } from '../runs/run.ts';
import { signal } from '../runs/signal.ts';
import { admissionEvent, entryEvent, messageOf } from './event.ts';

/** A run that was delivered, has said something long, and has failed; with its journal. */
async function failedRun() {
  let secret = '';
  const world = await createWorld({
    project: projectOf({ triage: {} }),
    container: ({ env }) => {
      secret = env.SHUTDOWN_SECRET ?? '';
      return 'runs';
    },
  });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await signal(world.ports, secret, { kind: 'return', value: 'x'.repeat(5_000) });
  await world.exit(triage, { exitCode: 3 });
  const run = await world.ports.documents.get<Run>(`runs/${triage}`);
  const journal = await world.ports.documents.query<RunJournalEntry>({
    collection: `runs/${triage}/events`,
    limit: 10,
  });
  if (!run) throw new Error('no run');
  return { run: run as Document<Run>, entries: journal.map(({ data }) => data), secret };
}

describe('an event', () => {
  it('tells of the admission what never changes of a run', async () => {
    const { run } = await failedRun();
    expect(admissionEvent(run)).toEqual({
      schema: 1,
      run: run.id,
      agent: 'triage',
      sequence: 0,
      event: 'admit',
      from: null,
      state: 'queued',
      at: run.data.times.queued,
      why: run.data.timeline[0]?.why,
      trigger: run.data.trigger,
      release: run.data.release,
      trace: run.data.trace,
      set: {
        cause: run.data.cause,
        concurrencyKey: null,
        notBefore: null,
        calledBy: null,
        timeout: run.data.timeout,
      },
    });
  });

  it('tells of the admission the same as long as the run lasts, but for a sentence that the document forgets', async () => {
    const { run } = await failedRun();
    const { why, ...early } = admissionEvent(run);
    const later = { ...run, data: { ...run.data, timeline: run.data.timeline.slice(1) } };
    expect(admissionEvent(later)).toEqual({ ...early, why: 'asked for by a webhook' });
    expect(why).not.toBe('');
  });

  it('tells of each entry of the journal what it says, in the words of the document', async () => {
    const { run, entries } = await failedRun();
    const events = entries.map((entry, index) => entryEvent(run, index + 1, entry));
    expect(
      events.map(({ sequence, event, from, state }) => [sequence, event, from, state]),
    ).toEqual([
      [1, 'launch', 'queued', 'launching'],
      [2, 'start', 'launching', 'running'],
      [3, 'note', 'running', 'running'],
      [4, 'fail', 'running', 'failed'],
    ]);
    expect(events.at(-1)?.set).toMatchObject({ reason: 'exit_code', exitCode: 3 });
    expect(events[1]?.set).toMatchObject({ execution: run.data.execution });
  });

  it('has no secret, no hash of one, and nothing that only the control plane works with', async () => {
    const { run, entries, secret } = await failedRun();
    const text = entries.map((entry, index) => messageOf(entryEvent(run, index + 1, entry)).data);
    for (const hidden of [secret, ...run.data.secretHashes, 'secretHashes', 'dueAt', 'expireAt']) {
      expect(text.join()).not.toContain(hidden);
    }
    expect(run.data.secretHashes).toHaveLength(1);
  });

  it('has the beginning of a long text: the document and its parts have the rest', async () => {
    const { run, entries } = await failedRun();
    const returned = entries[2] && entryEvent(run, 3, entries[2]).set.returnValue;
    expect(returned).toBe('x'.repeat(1_000));
  });

  it('is found by its attributes without being read', async () => {
    const { run, entries } = await failedRun();
    const [launch] = entries;
    if (!launch) throw new Error('no entry');
    expect(messageOf(entryEvent(run, 1, launch)).attributes).toEqual({
      run: run.id,
      agent: 'triage',
      event: 'launch',
      state: 'launching',
      sequence: '1',
    });
  });
});
