import type { Run } from '../runs/run.ts';
import type { Topic } from './topics.ts';

/** What people are told when a run ends, and how far that has come. It stands on the run, which is due until it is over. */
export type Notice = {
  about: Topic[];
  state: 'due' | 'sent' | 'given_up';
  /** How often it was tried. */
  attempts: number;
  /** Not tried before that. */
  nextAt: Date;
  /** Why the last attempt came to nothing; null: there was none, or it came to something. */
  error: string | null;
};

/** The notice of an ending that people want to be told of. */
export function newNotice(about: Topic[], now: number): Notice {
  return { about, state: 'due', attempts: 0, nextAt: new Date(now), error: null };
}

/** The time by which somebody must look at a run of which nothing else is left to do; null: by none. */
export function noticeDueAt({ notice }: Pick<Run, 'notice'>): Date | null {
  // What an older Drover wrote has none.
  return notice?.state === 'due' ? notice.nextAt : null;
}
