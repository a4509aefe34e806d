import { facts } from './table.ts';
import { ago, clock, span, withClocks } from './times.ts';

/** What the control API says of one run, as far as a person is shown it. */
export interface RunPage {
  id: string;
  agent: string;
  state: string;
  summary: string;
  reason: string | null;
  trigger: { type: string };
  admittedAt: string;
  startedAt: string | null;
  endedAt: string | null;
  exitCode: number | null;
  signal: number | null;
  status: string | null;
  release: string;
  prompt: string | null;
  promptBytes: number | null;
  concurrencyKey: string | null;
  notBefore: string | null;
  credentials: string[];
  timeout: number;
  deadline: string | null;
  stop: { reason: string; by: string; why: string } | null;
  returnValue: string | null;
  returnBytes: number | null;
  calledBy: string | null;
  calls: string[];
  lastLines: string[];
  next: string | null;
  timeline: { at: string; state: string; why: string }[];
  links: { [what: string]: string };
}

/** Characters of a prompt or a value that a page shows. */
const mostText = 300;

/** A run as a page for a person. */
export function runLines(run: RunPage, width: number, now: number): string[] {
  const { timeline, lastLines, stop } = run;
  const known = (value: string | null): string[] => (value === null || value === '' ? [] : [value]);
  const at = (time: string | null): string[] =>
    time === null ? [] : [`${clock(time, now)} (${ago(time, now)})`];
  return [
    ...facts([['run', [run.id]]], width),
    '',
    ...facts(
      [
        ['state', [stateOf(run)]],
        ['summary', [withClocks(run.summary, now)]],
        ['status', known(run.status)],
        ['trigger', [run.trigger.type]],
        ['release', [run.release]],
        ['admitted', at(run.admittedAt)],
        ['not before', at(run.notBefore)],
        ['started', at(run.startedAt)],
        ['ended', at(run.endedAt)],
        ['deadline', run.endedAt === null ? at(run.deadline) : []],
        ['timeout', [span(run.timeout * 1_000)]],
        ['key', known(run.concurrencyKey)],
        ['credentials', run.credentials.length > 0 ? [run.credentials.join(', ')] : []],
        ['prompt', known(shortened(run.prompt, run.promptBytes))],
        ['returned', known(shortened(run.returnValue, run.returnBytes))],
        ['stop', stop ? [`${stop.reason} by ${stop.by}${stop.why && `: ${stop.why}`}`] : []],
        ['called by', known(run.calledBy)],
        ['calls', run.calls.length > 0 ? [run.calls.join(', ')] : []],
        ['next', known(run.next)],
        ['last lines', lastLines],
      ],
      width,
    ),
    '',
    ...facts(
      timeline.map(({ at: time, state, why }) => [
        clock(time, now),
        [`${state}: ${withClocks(why, now)}`],
      ]),
      width,
    ),
    '',
    ...facts(linksOf(run), width),
  ];
}

/** Its state, with the reason and what its container ended with. */
export function stateOf({
  state,
  reason,
  exitCode,
  signal,
}: Pick<RunPage, 'state' | 'reason' | 'exitCode' | 'signal'>): string {
  const more = [
    ...(reason === null ? [] : [reason]),
    ...(exitCode === null ? [] : [`exit code ${exitCode}`]),
    ...(signal === null ? [] : [`signal ${signal}`]),
  ];
  return more.length === 0 ? state : `${state} (${more.join(', ')})`;
}

/** Where to read on: commands for what stands in Drover, addresses for what is elsewhere. */
export function linksOf({
  id,
  links,
}: Pick<RunPage, 'id' | 'links'>): [name: string, lines: string[]][] {
  const commands = Object.entries(links).flatMap(([what, link]): [string, string[]][] => {
    const [collection, ...rest] = link.split('/');
    if (collection === 'deliveries') return [[what, [`drover deliveries get ${rest.join('/')}`]]];
    if (collection === 'runs') return [[what, [`drover runs get ${rest.join('/')}`]]];
    return [];
  });
  const addresses = Object.entries(links).flatMap(([what, link]): [string, string[]][] =>
    link.startsWith('https://') ? [[what === 'logs' ? 'console' : what, [link]]] : [],
  );
  return [...commands, ['log', [`drover logs ${id}`]], ...addresses];
}

function shortened(text: string | null, bytes: number | null): string | null {
  if (text === null) return null;
  const shown = text.length > mostText ? `${text.slice(0, mostText)}…` : text;
  return shown === text && (bytes ?? 0) <= Buffer.byteLength(text)
    ? shown
    : `${shown} (${bytes} bytes in all)`;
}
