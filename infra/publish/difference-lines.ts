import type { AspectChange, Difference } from '../../shared/projects/difference.ts';
import { cutTo } from '../steer/width.ts';

/** A line for a person, and what a program gets in its place. */
export interface DifferenceLine {
  text: string;
  data: { readonly [field: string]: unknown };
}

/** What would be otherwise, line by line: what comes, what goes, what changes. */
export function linesOf({ agents, project }: Difference): DifferenceLine[] {
  return [
    ...agents.added.flatMap(({ agent, has }) => [
      { text: `+ agent ${agent}`, data: { agent, is: 'added' } },
      ...has.filter(isTelling).map((change) => lineOf(agent, change)),
    ]),
    ...agents.removed.map((agent) => ({
      text: `- agent ${agent}`,
      data: { agent, is: 'removed' },
    })),
    ...agents.changed.flatMap(({ agent, changes }) => [
      { text: `~ agent ${agent}`, data: { agent, is: 'changed' } },
      ...changes.map((change) => lineOf(agent, change)),
    ]),
    ...(project.length > 0
      ? [
          { text: '~ project', data: { agent: null, is: 'changed' } },
          ...project.map((change) => lineOf(null, change)),
        ]
      : []),
  ];
}

/** What an agent has, line by line: what tells it from others. */
export function agentLines(has: readonly AspectChange[]): string[] {
  return has
    .filter(isTelling)
    .map(({ aspect, after }) => `    ${aspect.padEnd(aspectWidth)}${short(after ?? '')}`);
}

/** The difference in numbers: `1 agent added, 2 changed`. */
export function summaryOf({ agents: { added, removed, changed }, project }: Difference): string {
  const parts = [
    ...countOf(added.length, 'added'),
    ...countOf(removed.length, 'removed'),
    ...countOf(changed.length, 'changed'),
    ...(project.length > 0 ? ['the project itself changed'] : []),
  ];
  return parts.length === 0 ? 'nothing changed' : parts.join(', ');
}

function countOf(count: number, how: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? 'agent' : 'agents'} ${how}`];
}

/** Of an agent that is new, what tells it from others: not everything that is as it is by default. */
function isTelling({ aspect, after }: AspectChange): boolean {
  const told: readonly AspectChange['aspect'][] = ['image', 'triggers', 'credentials', 'models'];
  return after !== null && after !== 'copy' && told.includes(aspect);
}

/** The width of the column that says what a change is about. */
const aspectWidth = 13;

function lineOf(agent: string | null, change: AspectChange): DifferenceLine {
  const { aspect, field, before, after } = change;
  const isNamed = field !== aspect && aspect !== 'image' && aspect !== 'instructions';
  const words = [isNamed ? lastWords(field) : '', howOf(before, after)];
  return {
    text: `    ${aspect.padEnd(aspectWidth)}${words.filter((word) => word !== '').join(' ')}`,
    data: { agent, is: 'changed', ...change },
  };
}

/** A field without the name of what its aspect says already. */
function lastWords(field: string): string {
  return field.replace(/^(?:env|sources|webhooks|models|credentials)(?:\.|$)/, '');
}

function howOf(before: string | null, after: string | null): string {
  if (before === null) return after === 'set' ? 'is new' : `+ ${short(after ?? '')}`;
  if (after === null) return before === 'set' ? 'is gone' : `- ${short(before)}`;
  if (after === 'changed') return 'changed';
  if (/^\d+ lines? \(/.test(after)) return short(after);
  return `${short(before)} → ${short(after)}`;
}

/** Longest value in a line, in columns. */
const longestShown = 60;

/** A value as it fits a line: an image by its name and the beginning of its digest, for where it stands is the same for all. */
function short(text: string): string {
  const digest = /^\S*\/([^/@\s]+)@sha256:([0-9a-f]{12})[0-9a-f]{52}$/.exec(text);
  const built = /^\S+-docker\.pkg\.dev\/\S+\/([^/\s]+ \(to be built\))$/.exec(text);
  if (digest) return `${digest[1]}@${digest[2]}`;
  return cutTo(built?.[1] ?? text, longestShown);
}
