import { money } from '../costs/cost-lines.ts';
import { linksOf, type RunPage, stateOf } from './run-page.ts';
import { facts, table } from './table.ts';
import { clock, span, withClocks } from './times.ts';
import { cutTo } from './width.ts';

/** A run of the same chain. */
interface Link {
  id: string;
  state: string | null;
  reason: string | null;
}

/** What the control API answers to somebody who wants a run explained. */
export interface Explanation {
  run: RunPage & {
    /** US dollars; an older control API does not know it. */
    cost?: { [part: string]: unknown } | null;
  };
  delivery: { id: string; what: string; received: string } | null;
  whyAgent: string[];
  whyNow: string[];
  stages: { name: string; at: string; ms: number; isOpen: boolean }[];
  retries: { at: string; why: string }[];
  before: Link[];
  next: Link | null;
  locks: { key: string; fence: number; until: string }[];
}

/** Lines of a container's last words that fit on the screen with the rest. */
const mostLastLines = 3;
/** Filters, retries and runs of a chain that are named. */
const mostNamed = 5;

/** A run explained on one screen. */
export function explainLines(explained: Explanation, width: number, now: number): string[] {
  const { run, delivery, whyAgent, whyNow, stages, retries, before, next, locks } = explained;
  const parts = table(
    stages,
    [
      { title: 'STAGE', of: ({ name }) => name },
      { title: 'FROM', of: ({ at }) => clock(at, now) },
      { title: 'MS', of: ({ ms }) => Math.round(ms).toLocaleString('en') },
      { title: '', of: ({ ms, isOpen }) => (isOpen ? `${span(ms)} so far` : span(ms)) },
    ],
    width,
  );
  const first = cutTo(`${run.id}: ${stateOf(run)}`, width);
  const chain = [
    ...before.map((link) => `follows ${link.id}, which ${endOf(link)}`),
    ...(next ? [`followed by ${next.id}, which ${endOf(next)}`] : []),
  ];
  return [
    first,
    ...facts(
      [
        ['what', [withClocks(run.summary, now)]],
        ['event', delivery ? [`${delivery.what}, at ${clock(delivery.received, now)}`] : []],
        ['why it', some(whyAgent).map((why) => withClocks(why, now))],
        [
          'why then',
          whyNow.length > 0 ? whyNow.map((why) => withClocks(why, now)) : [atOnce(run, stages)],
        ],
      ],
      width,
    ),
    '',
    ...parts,
    '',
    ...facts(
      [
        ['retries', some(retries.map(({ at, why }) => `${clock(at, now)} ${why}`))],
        ['chain', some(chain)],
        [
          'locks',
          locks.map(
            ({ key, fence, until }) => `${key} until ${clock(until, now)} (fence ${fence})`,
          ),
        ],
        ['said last', run.lastLines.filter((line) => line.trim() !== '').slice(-mostLastLines)],
        ['cost', costOf(run.cost)],
        ['page', run.reason === null ? [] : [`docs/errors/${run.reason}.md`]],
        ...linksOf(run),
      ],
      width,
    ),
  ];
}

function atOnce({ state }: RunPage, stages: Explanation['stages']): string {
  const hasLeft = stages.some(({ name }) => name === 'launching');
  if (!hasLeft && state !== 'queued') return 'it never left the queue';
  return state === 'queued'
    ? 'it may start at any moment'
    : 'it started as soon as it was admitted';
}

/** Ends that a run comes to by itself; to the others somebody brings it. */
const ownEnds = ['succeeded', 'failed', 'timed_out'];

function endOf({ state, reason }: Link): string {
  if (state === null) return 'is not there any more';
  // Only what is over has a reason.
  if (reason === null) return `is ${state}`;
  const verb = ownEnds.includes(state) ? '' : 'was ';
  return `${verb}${state.replace('_', ' ')} (${reason})`;
}

function some(lines: readonly string[]): string[] {
  if (lines.length <= mostNamed) return [...lines];
  return [...lines.slice(0, mostNamed - 1), `… and ${lines.length - mostNamed + 1} more`];
}

/** What it cost, part by part: whatever parts there are, in US dollars. */
function costOf(cost: Explanation['run']['cost']): string[] {
  const parts = Object.entries(cost ?? {}).flatMap(([part, value]) =>
    typeof value === 'number' ? [{ part, value }] : [],
  );
  const total = parts.find(({ part }) => part === 'total');
  const others = parts.filter((each) => each !== total);
  const said = others.map(({ part, value }) => `${wordsOf(part)} ${money(value)}`).join(', ');
  if (!total) return said === '' ? [] : [said];
  return [`${money(total.value)}${said === '' ? '' : `: ${said}`}`];
}

function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
