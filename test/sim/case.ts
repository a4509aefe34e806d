import type { Project } from '../../shared/projects/project.ts';
import type { Caller } from './instances.ts';
import { slackMs } from './laws.ts';
import type { AgentChange, Committed, Entry, Ledger } from './ledger.ts';

/** A commit that was just recorded, and what its caller may have known. */
export interface Case {
  ledger: Ledger;
  committed: Committed;
  caller: Caller;
  /** When its call began, in ms since the epoch. */
  since: number;
  /** What the call may have rested on: what was published when it began, or what its instance had read shortly before. */
  projects: Project[];
  /** In ms since the epoch. */
  now: number;
  /**
   * What the clock of its instance may have shown at the earliest and at the latest, in ms since the epoch. Instances go by
   * Firestore's clock: whoever decides by time has read something in the same call, and is off by no more than that took.
   */
  clock: { earliest: number; latest: number };
}

/** What a clock may have shown in a call that began at `since` and is at `now`, in ms since the epoch. */
export function clockOf(since: number, now: number): Case['clock'] {
  const doubtMs = (now - since) * (1 + drift) + slackMs;
  return { earliest: since - doubtMs, latest: now + doubtMs };
}

/** By how much more than the time that an answer took it may be misunderstood: a clock that runs drifts (RFC 5905). */
const drift = 500e-6;

/** What the commit did to the state of an agent. Whoever rests on it writes it (D2): it was read as it was. */
export function stateChange({ committed }: Case, agent: string): AgentChange | undefined {
  return committed.states.find((change) => change.agent === agent);
}

/** Whether the project was paused through the whole of a call. */
export function isHalted({ ledger, since }: Case): boolean {
  return ledger.halts.since(since).every(({ paused }) => paused !== null);
}

/** The runs that a commit brought from one state to another. */
export function entered({ committed }: Case, from: string, to: string): Entry[] {
  return committed.runs.flatMap(({ entry, before }) =>
    before?.state === from && entry.data.state === to ? [entry] : [],
  );
}
