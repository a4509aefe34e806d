import type { Project } from '../../shared/projects/project.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Caller } from './instances.ts';
import type { Committed, Entry, Ledger } from './ledger.ts';

/** What must always hold. */
export const laws = {
  scale: 'never more runs in flight than the scale of their agent allows',
  projectScale: 'never more runs in flight than the scale of the project allows',
  slots: 'the slots taken of an agent are those of its runs in flight',
  order: 'nobody is launched before somebody who was admitted earlier',
  overflow: 'only the oldest are dropped, and as many stay as the queue can hold',
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
  answers: 'what a delivery was answered with is what it has',
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
/** Launches of a run at first, and then in a minute, in which it is put off by a quota or nobody can say how it went. */
const mostLaunches = 8;
const mostLaunchesAMinute = 2;
/** Size of a document that is a page (D11), in bytes. */
const pageBytes = 50 * 1024;
/** What is written of a run after its end. */
export const afterEnd: ReadonlySet<string> = new Set(['cleanedAt', 'dueAt', 'expireAt']);

/** Judges a commit that was just recorded. */
export function judge(ledger: Ledger, committed: Committed, caller: Caller): void {
  judgeSizes(committed);
  for (const { entry, before, fields } of committed.runs) {
    const { id } = entry;
    if (before && isOver(before.state)) {
      const wrong = fields.filter((field) => !afterEnd.has(field));
      hold(wrong.length === 0, 'over', `${id} was ${before.state}; then: ${wrong.join(', ')}`, id);
    }
    judgeLaunches(entry);
  }
  for (const agent of committed.agents) judgeSlots(ledger, agent);
  const entered = (state: string): Entry[] =>
    committed.runs
      .filter(({ entry, before }) => entry.data.state === state && before?.state === 'queued')
      .map(({ entry }) => entry);
  for (const run of entered('launching')) judgeLaunch(ledger, run, caller);
  for (const run of entered('dropped')) judgeDrop(ledger, run);
}

function judgeLaunches({ id, data }: Entry): void {
  const launches = Math.max(data.lease?.attempt ?? 0, data.secretHashes.length);
  const [first = '', last = ''] = [data.times.launching, data.timeline.at(-1)?.at];
  const minutes = Math.floor((Date.parse(last) - Date.parse(first)) / 60_000) || 0;
  const most = mostLaunches + mostLaunchesAMinute * minutes;
  hold(launches <= most, 'attempts', `${id} is launched for the ${launches}th time`, id);
}

function judgeSizes({ documents }: Committed): void {
  for (const { path, data } of documents) {
    if (/\/(body|logs)\//.test(path)) continue;
    const bytes = Buffer.byteLength(JSON.stringify(data));
    const run = /^runs\/([^/]+)/.exec(path)?.[1];
    hold(bytes <= pageBytes, 'size', `${path} has ${bytes} bytes`, run);
  }
}

function judgeSlots(ledger: Ledger, agent: string): void {
  const slots = ledger.slots.get(agent) ?? [];
  const flying = ledger.inFlight(agent).map(({ id }) => id);
  const stray = slots.filter((id) => !flying.includes(id));
  const lost = flying.filter((id) => !slots.includes(id));
  hold(stray.length === 0, 'slots', `${agent} has a slot taken by ${stray}`, stray[0]);
  hold(lost.length === 0, 'slots', `${agent} has no slot taken by ${lost}`, lost[0]);
}

/** A call may rest on what was published when it began, or on what its instance had read shortly before. */
function judgeLaunch(ledger: Ledger, run: Entry, { since }: Caller): void {
  const { agent } = run.data;
  const projects = ledger.projectsSince(since - pointerMs);
  const own = ledger.inFlight(agent).length;
  const scale = Math.max(...projects.map((project) => scaleOf(project, agent)));
  hold(own <= scale, 'scale', `${own} of ${agent} are in flight; its scale is ${scale}`, run.id);
  const limits = projects.map((project) => project.scale ?? Number.POSITIVE_INFINITY);
  const limit = Math.max(...limits);
  run.isCounted = limit !== Number.POSITIVE_INFINITY;
  const all = ledger.inFlight().filter(({ isCounted }) => isCounted).length;
  const what = `${all} are in flight; the project's scale is ${limit}`;
  hold(all <= limit, 'projectScale', what, run.id);
  const passed = ledger.queued(agent).find((other) => isBefore(other, run));
  hold(!passed, 'order', `${run.id} was launched before ${passed?.id}`, run.id);
}

/** The oldest go, and behind each of them as many stay as the queue can hold. */
function judgeDrop(ledger: Ledger, run: Entry): void {
  const { agent } = run.data;
  const behind = ledger.queued(agent).filter((other) => !isBefore(other, run)).length;
  const size = ledger.project().agents[agent]?.maxWorkQueueSize ?? 0;
  const what = `${run.id} was dropped with ${behind} behind it; the queue can hold ${size}`;
  hold(behind >= size, 'overflow', what, run.id);
}

/** Whether a run was admitted before another; those of one millisecond are concurrent (decision 0002). */
function isBefore(one: Entry, other: Entry): boolean {
  return one.data.admittedAt.getTime() < other.data.admittedAt.getTime();
}

/** Runs of an agent at one time; one that was removed works off its queue one by one. */
export function scaleOf({ agents }: Project, agent: string): number {
  return agents[agent]?.scale ?? 1;
}
