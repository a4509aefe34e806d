import type { RunEvent } from '../../shared/events/event.ts';
import type { Document, EventMessage } from '../../shared/ports/index.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';

/** Judges what is on the topic of events: what a subscriber sees who drops what it has seen. */
export function createEventJudge(ledger: Ledger) {
  /** The events of each run in the order of their first appearance. */
  const seen = new Map<string, RunEvent[]>();

  const judgeOne = (key: string, { data, attributes }: EventMessage): void => {
    const told = JSON.parse(data) as RunEvent;
    const { run, agent, event, state, sequence } = told;
    const named = { run, agent, event, state, sequence: String(sequence) };
    const isNamed = key === run && JSON.stringify(attributes) === JSON.stringify(named);
    hold(isNamed, 'events', `an event of ${run} goes by another name`, run);
    const events = seen.get(run) ?? [];
    seen.set(run, events);
    const first = events[sequence];
    if (first) {
      const isSame = JSON.stringify(first) === data;
      hold(isSame, 'events', `event ${sequence} of ${run} is told twice, each time another`, run);
      return;
    }
    const expected = events.length;
    hold(sequence === expected, 'events', `${run} is at ${expected}, and told ${sequence}`, run);
    const made = ledger.runs.get(run)?.data.events ?? -1;
    hold(sequence <= made, 'events', `event ${sequence} of ${run} is told before it was`, run);
    events.push(told);
  };

  return {
    /** Messages are on the topic now. */
    published: (key: string, messages: readonly EventMessage[]): void => {
      for (const message of messages) judgeOne(key, message);
    },
    /** All of a run that is over was told, as its journal has it. @param entries In order. */
    judgeWhole: ({ id, data }: Document<Run>, entries: readonly RunJournalEntry[]): void => {
      const told = seen.get(id) ?? [];
      const wanted = [
        `admit queued ${data.times.queued}`,
        ...entries.map(({ event, to, at }) => `${event} ${to} ${at}`),
      ];
      const events = told.map(({ event, state, at }) => `${event} ${state} ${at}`);
      const what = `${id} is told as ${events.join(', ')}; it was ${wanted.join(', ')}`;
      hold(events.join() === wanted.join(), 'events', what, id);
      const count = `${id} says that ${data.published} of ${wanted.length} events are published`;
      hold(data.published === wanted.length, 'events', count, id);
    },
  };
}
