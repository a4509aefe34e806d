import { tellViolation } from './chronicle.ts';
import { type FaultRates, fair, isFair, mixed } from './faults.ts';
import { checkEnd, type Remains } from './invariants.ts';
import { Violation } from './laws.ts';
import { lastProject } from './projects.ts';
import { type Allowed, chance, type Mishap } from './random.ts';
import type { Sabotage } from './sabotage.ts';
import { createStage } from './stage.ts';
import { scaleOf } from './standing.ts';

export interface LifeOptions extends Allowed {
  seed: number;
  /** Minutes of deliveries and faults. */
  minutes: number;
  faults: FaultRates;
  /** Whether the history tells every call. */
  withCalls?: boolean;
  /** Ms of the storm after which nothing new goes wrong and nobody asks for anything more. Default: all of it. */
  quietAfterMs?: number;
  /** Breaks Drover: wraps the ports that its functions get. */
  sabotage?: Sabotage;
}

/** What a simulated life came to. */
export interface Life {
  /** What happened, a line each: the same for the same seed. */
  history: string[];
  runs: number;
  /** Calls of ports that functions made. */
  calls: number;
  /** What made it hard, in the order in which it happened. */
  mishaps: readonly Mishap[];
  violation?: Violation;
  /** With a violation: when it was seen, in ms since the beginning of the storm. */
  brokenAfterMs?: number;
  /** With a violation: what is to be read of it. */
  story: string[];
}

type Stage = Awaited<ReturnType<typeof createStage>>;

const sliceMs = 10_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How long all functions stand still, in ms: longer than the secrets of a short run last, and sometimes than those of a long one. */
const shortestStillMs = 50 * minuteMs;
const longestStillMs = 180 * minuteMs;
const slicesAMinute = 6;
/** A life longer than this is a long one: less happens in a minute, and containers work longer. */
const shortMinutes = 15;
/** Minutes of a long life after which faults pause, and for how long. */
const stormMinutes = 12;
const brightMinutes = 8;
/** Minutes without faults after which everything must be over. */
const longestCalm = 180;
/** Of these, minutes in which containers end when they like. */
const calmWork = 3;
/** Minutes after the last run was cleaned up in which what has no owner must go. */
const cleaning = 4;
/** Minutes of the calm in which schedules go on and budgets hold. */
const asBefore = 3;

/** Lives through `minutes` of deliveries and faults, then through a calm in which all must end, and judges what is left. */
export async function live(options: LifeOptions): Promise<Life> {
  const random = chance(options.seed, options);
  const isLong = options.minutes > shortMinutes;
  const faults = mixed(options.faults, random);
  const stage = await createStage(random, isLong, options.withCalls ?? false, options.sabotage);
  const { chronicle, ledger, world } = stage;
  const begun = stage.schedule.now();
  let violation: Violation | undefined;
  try {
    await storm(stage, options, isLong, faults);
    await calmDown(stage);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
  }
  for (const { id, data } of ledger.runs.values()) {
    const states = data.timeline.map(({ at, state }) => `${at.slice(11, 19)} ${state}`);
    chronicle.lines.push(`${id}: ${states.join(', ')} (${data.summary})`);
  }
  const life = {
    history: chronicle.lines,
    runs: ledger.runs.size,
    calls: stage.calls(),
    mishaps: random.mishaps,
  };
  if (!violation) return { ...life, story: [] };
  const brokenAfterMs = stage.schedule.now() - begun;
  const story = await tellViolation(violation, chronicle, world.ports);
  return { ...life, violation, brokenAfterMs, story };
}

/** Deliveries and faults; in a long life the faults pause now and then, and the deliveries do not. */
async function storm(
  stage: Stage,
  { minutes, quietAfterMs = Number.POSITIVE_INFINITY }: LifeOptions,
  isLong: boolean,
  faults: FaultRates,
): Promise<void> {
  const { chance, deliveries, outside, people, schedule, weather } = stage;
  for (let index = 0; index < minutes * slicesAMinute; index += 1) {
    if (index * sliceMs >= quietAfterMs) break;
    const minute = Math.floor(index / slicesAMinute) % (stormMinutes + brightMinutes);
    const isBright = isLong && minute >= stormMinutes;
    if (isBright) outside.mend();
    if (chance.strikes('deliveries', isLong ? 0.06 : 0.25)) deliveries.sendSome();
    if (chance.strikes('a deed', isLong ? 0.06 : 0.25)) people.act();
    await slice(stage, index, isBright ? fair : faults);
  }
  // What is left of an hour without a tick; nobody asks for anything in it.
  while (weather.noTickUntil > schedule.now()) await slice(stage, 1, fair, minuteMs);
}

/**
 * Nobody asks for anything more and nothing goes wrong, until everything is over and cleaned up; then it is judged. What is
 * paused is resumed, somebody may still kill a run, and after a while schedules and budgets are gone.
 */
async function calmDown(stage: Stage): Promise<void> {
  const { chance, containers, deliveries, first, ledger, note, outside, people, weather, world } =
    stage;
  const mayWait: Remains['mayWait'] = ({ agent, state }) =>
    state === 'queued' && scaleOf(ledger.project(), agent) === 0;
  const isOpen = (): boolean =>
    weather.hanging > 0 ||
    [...ledger.runs.values()].some(
      ({ data }) => (data.cleanedAt === null || data.dueAt !== null) && !mayWait(data),
    );
  note('calm');
  outside.mend();
  if (chance.happens(0.5)) outside.publish(first);
  let closed = 0;
  for (let index = 0; closed < cleaning * slicesAMinute; index += 1) {
    if (index > longestCalm * slicesAMinute) break;
    if (index > calmWork * slicesAMinute && index % slicesAMinute === 0) containers.endAll();
    if (index % slicesAMinute === 0) people.resumeAll();
    if (index < asBefore * slicesAMinute && chance.strikes('a late deed', 0.1)) people.killOne();
    if (index >= asBefore * slicesAMinute && index % slicesAMinute === 0) publishLast(stage);
    closed = index < asBefore * slicesAMinute || isOpen() ? 0 : closed + 1;
    await slice(stage, index, fair);
  }
  await checkEnd({ world, ledger, judge: stage.judge, deliveries, people, mayWait });
}

/** What was published last may yet be what somebody had published before, and that hung. */
function publishLast({ ledger, outside }: Stage): void {
  const [now, last] = [ledger.project(), lastProject(ledger.project())];
  if (JSON.stringify(now) !== JSON.stringify(last)) outside.publish(last);
}

/**
 * Ten seconds, with a call of the tick at the beginning of each minute; or hours, where all of Drover's functions stand still for
 * so long.
 */
async function slice(
  stage: Stage,
  index: number,
  rates: FaultRates,
  usualMs = sliceMs,
): Promise<void> {
  const { calm, chance, court, outside, schedule, weather, world } = stage;
  const { now } = schedule;
  const isDisturbed = (): boolean =>
    !isFair(rates) || weather.hanging > 0 || weather.noTickUntil > now();
  weather.rates = rates;
  stage.countCalls();
  misbehave(stage, rates);
  if (chance.strikes('something outside', rates.outside)) outside.strike();
  if (chance.strikes('an hour without a tick', rates.noTick)) {
    weather.noTickUntil = now() + hourMs;
    stage.note('Cloud Scheduler calls nobody for an hour');
  }
  let ms = usualMs;
  if (chance.strikes('hours of standstill', rates.standstill)) {
    ms = chance.between(shortestStillMs, longestStillMs);
    weather.stillUntil = now() + ms;
    stage.note(`no function does anything for ${Math.round(ms / minuteMs)} minutes`);
  }
  const isTick = index % slicesAMinute === 0 && !chance.strikes('a tick lost', rates.wakeUp);
  if (isTick && !weather.schedulerAway && weather.noTickUntil <= now()) stage.watch(tick(stage));
  const wasCalm = !isDisturbed();
  if (!wasCalm) calm.disturbed();
  await world.advance(ms);
  if (wasCalm && !isDisturbed()) await calm.look();
  else calm.disturbed();
  const violation = court.violation();
  if (violation) throw violation;
}

/** What Cloud Tasks and Pub/Sub do wrong for ten seconds. */
function misbehave({ chance, world }: Stage, { wakeUp }: FaultRates): void {
  const of = (what: string, how: () => number): number =>
    chance.strikes(what, wakeUp) ? how() : 0;
  world.tasks.misbehave({
    duplicate: of('tasks twice', () => chance.between(1, 5)),
    forget: of('tasks lost', () => chance.between(1, 3)),
    delayMs: of('tasks late', () => chance.between(1, 30_000)),
  });
  const share = (): number => chance.pick([0.1, 0.5, 1]);
  world.pubsub.misbehave({
    duplicate: of('messages twice', share),
    forget: of('messages lost', share),
    delayMs: of('messages late', () => chance.between(1, 30_000)),
    reorder: chance.strikes('messages in any order', wakeUp),
  });
}

/** The tick reports itself what goes wrong; one that is not answered changes nothing here. */
async function tick({ world, calm }: Stage): Promise<void> {
  const isDone = await world.tick().then(
    () => true,
    () => false,
  );
  if (isDone) calm.swept();
}
