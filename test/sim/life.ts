import { tellViolation } from './chronicle.ts';
import { type FaultRates, fair, isFair, mixed } from './faults.ts';
import { checkEnd, type Remains } from './invariants.ts';
import { Violation } from './laws.ts';
import { lastProject } from './projects.ts';
import { chance } from './random.ts';
import { createStage } from './stage.ts';
import { scaleOf } from './standing.ts';

export interface LifeOptions {
  seed: number;
  /** Minutes of deliveries and faults. */
  minutes: number;
  faults: FaultRates;
  /** Whether the history tells every call. */
  withCalls?: boolean;
}

/** What a simulated life came to. */
export interface Life {
  /** What happened, a line each: the same for the same seed. */
  history: string[];
  runs: number;
  violation?: Violation;
  /** With a violation: what is to be read of it. */
  story: string[];
}

type Stage = Awaited<ReturnType<typeof createStage>>;

const sliceMs = 10_000;
const slicesAMinute = 6;
/** A life longer than this is a long one: less happens in a minute, and containers work longer. */
const shortMinutes = 15;
/** Minutes of a long life after which faults pause, and for how long. */
const stormMinutes = 12;
const brightMinutes = 8;
/** Minutes without faults after which everything must be over. */
const longestCalm = 180;
/** Of these, minutes in which containers end when they like. */
const calmWork = 5;
/** Minutes after the last run was cleaned up in which what has no owner must go. */
const cleaning = 5;
/** Minutes of the calm in which schedules go on and budgets hold. */
const asBefore = 5;

/** Lives through `minutes` of deliveries and faults, then through a calm in which all must end, and judges what is left. */
export async function live(options: LifeOptions): Promise<Life> {
  const random = chance(options.seed);
  const isLong = options.minutes > shortMinutes;
  const faults = mixed(options.faults, random);
  const stage = await createStage(random, isLong, options.withCalls ?? false);
  const { chronicle, ledger, world } = stage;
  let violation: Violation | undefined;
  try {
    await storm(stage, options.minutes, isLong, faults);
    await calmDown(stage);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
  }
  for (const { id, data } of ledger.runs.values()) {
    const states = data.timeline.map(({ at, state }) => `${at.slice(11, 19)} ${state}`);
    chronicle.lines.push(`${id}: ${states.join(', ')} (${data.summary})`);
  }
  const life = { history: chronicle.lines, runs: ledger.runs.size };
  if (!violation) return { ...life, story: [] };
  return { ...life, violation, story: await tellViolation(violation, chronicle, world.ports) };
}

/** Deliveries and faults; in a long life the faults pause now and then, and the deliveries do not. */
async function storm(
  stage: Stage,
  minutes: number,
  isLong: boolean,
  faults: FaultRates,
): Promise<void> {
  const { chance, deliveries, outside, people } = stage;
  for (let index = 0; index < minutes * slicesAMinute; index += 1) {
    const minute = Math.floor(index / slicesAMinute) % (stormMinutes + brightMinutes);
    const isBright = isLong && minute >= stormMinutes;
    if (isBright) outside.mend();
    if (chance.happens(isLong ? 0.06 : 0.25)) deliveries.sendSome();
    if (chance.happens(isLong ? 0.06 : 0.25)) people.act();
    await slice(stage, index, isBright ? fair : faults);
  }
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
    [...ledger.runs.values()].some(({ data }) => data.cleanedAt === null && !mayWait(data));
  note('calm');
  outside.mend();
  if (chance.happens(0.5)) outside.publish(first);
  let closed = 0;
  for (let index = 0; closed < cleaning * slicesAMinute; index += 1) {
    if (index > longestCalm * slicesAMinute) break;
    if (index > calmWork * slicesAMinute && index % slicesAMinute === 0) containers.endAll();
    if (index % slicesAMinute === 0) people.resumeAll();
    if (index < asBefore * slicesAMinute && chance.happens(0.1)) people.killOne();
    if (index >= asBefore * slicesAMinute && index % slicesAMinute === 0) publishLast(stage);
    closed = index < asBefore * slicesAMinute || isOpen() ? 0 : closed + 1;
    await slice(stage, index, fair);
  }
  const { answered } = deliveries;
  const { judgeAnswers } = people;
  const locks = stage.judge.locks.held;
  await checkEnd({ world, answered, heard: containers.heard, mayWait, judgeAnswers, locks });
}

/** What was published last may yet be what somebody had published before, and that hung. */
function publishLast({ ledger, outside }: Stage): void {
  const [now, last] = [ledger.project(), lastProject(ledger.project())];
  if (JSON.stringify(now) !== JSON.stringify(last)) outside.publish(last);
}

/** Ten seconds, with a sweep at the beginning of each minute. */
async function slice(stage: Stage, index: number, rates: FaultRates): Promise<void> {
  const { calm, chance, court, outside, weather, world } = stage;
  const { wakeUp } = rates;
  weather.rates = rates;
  stage.countCalls();
  world.sink = !chance.happens(wakeUp);
  world.tasks.misbehave({
    duplicate: chance.happens(wakeUp) ? chance.between(1, 5) : 0,
    forget: chance.happens(wakeUp) ? chance.between(1, 3) : 0,
    delayMs: chance.happens(wakeUp) ? chance.between(1, 30_000) : 0,
  });
  if (chance.happens(rates.outside)) outside.strike();
  const isTick = index % slicesAMinute === 0 && !chance.happens(wakeUp);
  if (isTick && !weather.schedulerAway) stage.watch(tick(stage));
  const wasCalm = isFair(rates) && weather.hanging === 0;
  if (!wasCalm) calm.disturbed();
  await world.advance(sliceMs);
  if (wasCalm && weather.hanging === 0) await calm.look();
  else calm.disturbed();
  const violation = court.violation();
  if (violation) throw violation;
}

async function tick({ world, calm }: Stage): Promise<void> {
  await world.tick();
  calm.swept();
}
