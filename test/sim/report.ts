import type { Ask, Broken, Told } from './ask.ts';
import { invariants, laws, proves } from './laws.ts';
import { writeRanges } from './numbers.ts';
import type { ShrunkLife } from './shrink-life.ts';

const minuteMs = 60_000;

/** The command that lives a life again. */
export function commandOf(ask: Ask): string {
  const { seed, minutes, level, without = [], only, quietAfterMs, sabotage } = ask;
  const isCut = quietAfterMs !== undefined && quietAfterMs < minutes * minuteMs;
  return [
    `npm run sim -- --seed ${seed} --minutes ${minutes} --faults ${level}`,
    ...(isCut ? [`--quiet-after ${quietAfterMs}`] : []),
    ...(without.length > 0 ? [`--without ${writeRanges(without)}`] : []),
    ...(only ? [`--only ${only.join(',') || 'none'}`] : []),
    ...(sabotage === undefined ? [] : [`--sabotage ${sabotage}`]),
  ].join(' ');
}

/** A broken law in one line. */
export function lineOf({ seed, broken }: Told): string {
  const [head = ''] = (broken?.message ?? '').split('\n');
  return `seed ${seed}: ${broken?.law}: ${head}`;
}

/** What was found of a life that failed: the law, the shortest life that breaks it, and what happened in that. */
export function reportOf(
  asked: Ask,
  first: Told,
  { ask, told, lives, isMinimal }: ShrunkLife,
): string[] {
  const { law, story = [] } = told.broken ?? {};
  const less = isMinimal ? 'none of these can be left out' : 'all lives that may be lived for it';
  const found = `${count(first.mishaps.length, 'mishap')} in ${asked.minutes} minutes`;
  return [
    lineOf(first),
    ...ruleOf(law),
    '',
    `shrunk from ${found} to ${told.mishaps.length} in ${count(lives, 'life', 'lives')} (${less}):`,
    ...told.mishaps.map(({ number, what }) => `  ${number}. ${what}`),
    '',
    ...story,
    '',
    `replay it:      ${commandOf(ask)}`,
    `the whole life: ${commandOf(asked)}`,
  ];
}

/** The law in words, and the invariants that it proves. */
function ruleOf(law: Broken['law'] | undefined): string[] {
  if (law === undefined || law === 'threw') return ['the simulation itself threw'];
  const proven = (proves[law] ?? []).map((number) => `invariant ${number}: ${invariants[number]}`);
  return [`law ${law}: ${laws[law]}`, ...proven];
}

/** What was done so far, added up. */
export interface Totals {
  lives: number;
  failed: number;
  runs: number;
  calls: number;
  /** How often each kind of mishap happened. */
  mishaps: Map<string, number>;
}

export const nothing = (): Totals => ({
  lives: 0,
  failed: 0,
  runs: 0,
  calls: 0,
  mishaps: new Map(),
});

export function add(totals: Totals, { runs, calls, mishaps, broken }: Told): void {
  totals.lives += 1;
  totals.failed += broken ? 1 : 0;
  totals.runs += runs;
  totals.calls += calls;
  for (const { what } of mishaps) {
    const kind = kindOf(what);
    totals.mishaps.set(kind, (totals.mishaps.get(kind) ?? 0) + 1);
  }
}

const aFunction = / of (webhook|tick|dispatch|poll|gateway|logs|control|publish)\b/;
/** Of a run or an agent, or a number. */
const aName = / (agent-\d(-[a-z2-7]{8})?|\d+)\b/g;
const aPort = /\b(documents|tasks|secrets|jobs|logs)\.\w+/;

/** What happened, to whomever. */
function kindOf(what: string): string {
  return what.replace(aPort, 'a call').replace(aFunction, ' of a function').replace(aName, '');
}

/** The closing lines: the same for the same lives. */
export function summaryOf({ lives, failed, runs, calls, mishaps }: Totals): string[] {
  const kinds = [...mishaps].sort(
    ([one, times], [other, otherTimes]) => otherTimes - times || (one < other ? -1 : 1),
  );
  const all = kinds.reduce((sum, [, times]) => sum + times, 0);
  return [
    `mishaps: ${all}`,
    ...kinds.map(([what, times]) => `  ${String(times).padStart(8)}  ${what}`),
    `simulated ${count(lives, 'life', 'lives')}: ${failed === 0 ? 'every law held' : `${failed} failed`}; ${count(runs, 'run')}, ${count(calls, 'call')} of ports`,
  ];
}

function count(number: number, one: string, more = `${one}s`): string {
  return `${number} ${number === 1 ? one : more}`;
}
