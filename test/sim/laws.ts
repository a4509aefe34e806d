import type { Project } from '../../shared/projects/project.ts';
import type { Caller } from './instances.ts';
import type { AgentChange, Committed, Entry, Ledger } from './ledger.ts';

/** What must always hold. */
export const laws = {
  scale: 'never more runs in flight than the scale of their agent allows',
  projectScale: 'never more runs in flight than the scale of the project allows',
  slots: 'the slots taken of an agent are those of its runs in flight',
  order: 'nobody is launched before somebody who was admitted earlier and may start',
  early: 'nobody is launched before its time',
  paused: 'nothing is launched and nothing is ended in its queue while a pause is known',
  pausing: 'a pause lasts from the word of somebody to the word of somebody',
  keys: 'never two runs of one key at a time',
  budget:
    'an agent uses no more of a day than its budget, and stands still after too many failures in a row',
  overflow: 'only the oldest are dropped, and as many stay as the queue can hold',
  held: 'what a pause held is not lost when it ends',
  skip: 'a run is dropped for its key only where that is wanted, and busy',
  superseded: 'a run gives way only where that is wanted, and to a later one',
  follow: 'a run is followed as the rules say, once, by one that is asked the same',
  cause: 'one cause has one run',
  admission: 'a run is admitted as its release says',
  schedule: 'each minute that is due has the runs that its schedule promises',
  kill: 'what somebody has killed ends soon, and for that',
  locks: 'a lock has one live holder, and nobody takes it away but time or an end',
  fences: 'fences never go back, and each holder has a new one',
  attempts: 'launches of a run are bounded',
  over: 'a run that is over changes no more, but for being cleaned up',
  once: 'a run is never started twice',
  late: 'no container starts for a run that is over',
  size: 'a document stays a page',
  signals: 'a signal after the end is refused and changes nothing',
  waiting: 'nobody waits long for a free slot when nothing goes wrong',
  due: 'a run that is due is looked at soon when nothing goes wrong',
  swept: 'nothing of a run is left when the sweep has passed three times',
  ends: 'everything ends, for a reason that fits',
  blame: 'a run ends for what happened to it',
  answers: 'what somebody was answered with is what there is',
  journal: 'the journal leads from the first document to the last',
  busy: 'functions do not wake each other in circles',
  bugs: 'no function answers 500',
} as const;

export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly law: keyof typeof laws,
    message: string,
    /** The run concerned. */
    readonly run?: string,
  ) {
    super(message);
  }
}

export function hold(holds: boolean, law: keyof typeof laws, message: string, run?: string): void {
  if (!holds) throw new Violation(law, message, run);
}

/** How long a function goes on with a release after another was published, in ms. */
export const pointerMs = 5_000;
/** How far the clock of an instance may be from the world's, in ms. */
export const skewMs = 1_000;
/** What is written of a run after its end. */
export const afterEnd: ReadonlySet<string> = new Set(['cleanedAt', 'dueAt', 'expireAt']);

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
}

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
