import { recordOf } from '../record-of.ts';
import { facts } from './table.ts';
import { ago, clock } from './times.ts';

/** What the control API says of a delivery, as far as a person is shown it. */
export interface DeliveryPage {
  id: string;
  sources: string[];
  event: string;
  action: string | null;
  repo: string;
  sender: string;
  isSigned: boolean;
  summary: string;
  runs: { [agent: string]: string };
  unmatched: { [agent: string]: string[] };
  release: string;
  received: string;
  looks: number;
  replays: number;
  replayed: { [agent: string]: string };
  body: { contentType: string; bytes: number; sha256: string };
}

/** Digits of a hash that are shown: enough to see whether two are the same. */
const shownHash = 16;
/** Agents that did not match, of which each is named. */
const mostUnmatched = 20;

/** A delivery as a page for a person. */
export function deliveryLines(delivery: DeliveryPage, width: number, now: number): string[] {
  const { event, action, repo, sender, runs, replayed, unmatched, body } = delivery;
  const silent = Object.entries(unmatched);
  const started = (all: DeliveryPage['runs']): string[] =>
    Object.entries(all).map(([agent, run]) => `${run} of ${agent}`);
  return [
    ...facts([['delivery', [delivery.id]]], width),
    '',
    ...facts(
      [
        ['summary', [delivery.summary]],
        ['came', [`${clock(delivery.received, now)} (${ago(delivery.received, now)})`]],
        ['for', [delivery.sources.join(', ')]],
        ['event', [action === null ? event : `${event}.${action}`]],
        ['on', repo === '' ? [] : [repo]],
        ['by', sender === '' ? [] : [sender]],
        ['signed', [delivery.isSigned ? 'yes' : 'no: its source takes it without']],
        ['release', [delivery.release]],
        ['looked at', delivery.looks > 1 ? [`${delivery.looks} times`] : []],
        [
          'body',
          [
            `${body.bytes} bytes of ${body.contentType}`,
            `sha256 ${body.sha256.slice(0, shownHash)}…`,
          ],
        ],
        ['started', started(runs)],
        [
          'replayed',
          delivery.replays > 0
            ? [delivery.replays === 1 ? 'once' : `${delivery.replays} times`, ...started(replayed)]
            : [],
        ],
        ['not', silent.slice(0, mostUnmatched).flatMap(([agent, whys]) => saidOf(agent, whys))],
        ['', silent.length > mostUnmatched ? [`and ${silent.length - mostUnmatched} more`] : []],
      ],
      width,
    ),
  ];
}

function saidOf(agent: string, whys: readonly string[]): string[] {
  return whys.map((why) => `${agent}: ${why}`);
}

/** What each agent makes of an event, filter by filter. */
export function verdictLines(
  agents: { readonly [agent: string]: unknown },
  width: number,
): string[] {
  const told = Object.entries(agents).map(([agent, said]): [string, string[]] => {
    const { matches, why, run, triggers, paused } = recordOf(said);
    const outcome = matches === true ? `starts${typeof run === 'string' ? ` ${run}` : ''}` : 'not';
    const held = paused ? ['it is paused: the run would wait'] : [];
    const reasons = typeof why === 'string' ? [why] : [];
    return [agent, [outcome, ...held, ...reasons, ...listOf(triggers).flatMap(ofTrigger)]];
  });
  return told.length === 0 ? ['the project has no agents'] : facts(told, width);
}

function ofTrigger(trigger: unknown): string[] {
  const { source, why, filters, matches } = recordOf(trigger);
  if (typeof why === 'string') return [`- ${why}`];
  const rules = listOf(filters).map((filter) => {
    const { passes, why: said } = recordOf(filter);
    return `  ${passes === true ? 'yes' : 'no'}: ${String(said)}`;
  });
  return [`- ${String(source)}: ${matches === true ? 'matches' : 'does not match'}`, ...rules];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
