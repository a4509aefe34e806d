/** What must always hold (design: what must always hold). */
export const invariants = {
  1: 'an admitted run reaches exactly one terminal state, and in bounded time once faults stop',
  2: 'one cause has at most one run, and exactly one if admission answered yes',
  3: 'a run never has two executions started; one that reached running had exactly one',
  4: 'never more runs in flight than scale allows, of the agent or of the project',
  5: 'a lock has at most one live holder; fences grow; a stale holder’s write is refused',
  6: 'of a run that is over nothing is left when the sweep has passed three times',
  7: 'nothing that the webhook answered 2xx to is forgotten, and every delivery says why it did what it did',
  8: 'the order of a queue is the order of admission',
  9: 'a journal replayed gives the document',
} as const;

type Invariant = keyof typeof invariants;

/** What a judge holds Drover to. */
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
  stale: 'a schedule that catches nothing up runs no minute that passed while nobody looked',
  kill: 'what somebody has killed ends soon, and for that',
  locks: 'a lock has one live holder, and nobody takes it away but time, an end or an operator',
  fences: 'fences never go back, and each holder has a new one',
  lockAnswers: 'what somebody is told of a lock was so while he asked',
  released: 'a run that ends gives its locks back in the commit of its end',
  deadlock: 'a ring of runs that is named was there while somebody asked',
  ring: 'a ring of runs that all keep asking is told of after a few tries',
  break: 'a lock is broken on the word of an operator alone, and the word is kept',
  callMade: 'a call has one run, made in its commit, where its release and its chain allow it',
  callAnswered: 'a call is answered once, in the commit of its run’s end, as that end says',
  callOrphaned: 'a run that is over has no open call',
  callAnswers: 'what a caller is told of its call is what there is',
  attempts: 'launches of a run are bounded',
  over: 'a run that is over changes no more, but for being cleaned up',
  once: 'a run is never started twice',
  late: 'no container starts for a run that is over',
  size: 'a document stays a page',
  voice: 'whoever speaks for a run in flight is heard, and nobody else is',
  signals: 'what a run has said counts if it was answered with yes, and after its end nothing does',
  usage: 'what a run has used is what its last line said that was delivered',
  costs: 'the days of an agent are the sums of what its runs have cost, and these of their parts',
  logs: 'every line that was delivered is in the log of its run, once for a reader, in order',
  events: 'every event of a run is published, first in its order, as its journal tells it',
  waiting: 'nobody waits long for a free slot when nothing goes wrong',
  due: 'a run that is due is looked at soon when nothing goes wrong',
  swept: 'nothing of a run is left when the sweep has passed three times',
  ends: 'everything ends, for a reason that fits',
  blame: 'a run ends for what happened to it',
  answers: 'what somebody was answered with is what there is',
  deliveries: 'a delivery that was answered with yes is there, and says what each agent made of it',
  access: 'nobody does anything whose key does not allow it',
  journal: 'the journal leads from the first document to the last',
  busy: 'functions do not wake each other in circles',
  bugs: 'no function answers 500',
} as const;

export type LawName = keyof typeof laws;

/** The invariants that a law proves; the others are promises of a feature. */
export const proves: { readonly [law in LawName]?: readonly Invariant[] } = {
  scale: [4],
  projectScale: [4],
  slots: [4, 6],
  order: [8],
  overflow: [8],
  follow: [2],
  cause: [2],
  admission: [2],
  schedule: [2],
  locks: [5],
  fences: [5],
  lockAnswers: [5],
  break: [5],
  released: [6],
  callMade: [2],
  callOrphaned: [6],
  attempts: [1],
  over: [1],
  once: [3],
  late: [3],
  voice: [5],
  signals: [5],
  waiting: [1],
  due: [1],
  swept: [6],
  ends: [1, 3],
  answers: [2, 7],
  deliveries: [7],
  journal: [9],
};

export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly law: LawName,
    message: string,
    /** The run concerned. */
    readonly run?: string,
  ) {
    super(message);
  }
}

export function hold(holds: boolean, law: LawName, message: string, run?: string): void {
  if (!holds) throw new Violation(law, message, run);
}

/** How long a function goes on with a release after another was published, in ms. */
export const pointerMs = 5_000;
/** How far a clock that went by Firestore's may yet be from it, beside what the answer took, in ms: the doubt that it allows for. */
export const slackMs = 50;
/** What is written of a run after its end; its last word on what it used, and so on what it cost, often comes then. */
export const afterEnd: ReadonlySet<string> = new Set([
  'cleanedAt',
  'dueAt',
  'expireAt',
  'published',
  'notice',
  'usage',
  'cost',
]);
