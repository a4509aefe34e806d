import { cut } from '../json.ts';
import type { Document } from '../ports/index.ts';
import { pageOf } from '../runs/reasons.ts';
import type { Run } from '../runs/run.ts';
import type { Topic } from './topics.ts';

/** Longest sentence about a run, in UTF-16 units: a message is to be read at a glance. */
const longestSentence = 300;

/** `&`, `<` and `>` have a meaning in Slack's text (Slack docs, "Formatting text for app surfaces"). */
function plain(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ');
  return oneLine.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const sentences: { readonly [topic in Topic]: (run: Run) => string } = {
  failure: ({ summary }) => `:x: ${plain(cut(summary, longestSentence))}`,
  pause: ({ agent }) =>
    `:double_vertical_bar: ${plain(agent)} has paused itself, after too many failures in a row, until somebody resumes it`,
  budget: ({ agent }) =>
    `:moneybag: ${plain(agent)} has used up its budget of the day: what comes now waits until the next`,
};

/** A message in the format of Slack's incoming webhooks, as JSON: what an ending is about, and where to read more. */
export function messageOf(
  project: string,
  { id, data }: Document<Run>,
  about: readonly Topic[],
): string {
  const links = [
    ...(data.reason === null ? [] : [`${data.reason} (${pageOf(data.reason)})`]),
    ...['logs', 'execution'].flatMap((what) => {
      const link = data.links[what];
      return link === undefined ? [] : [`<${link.replaceAll('>', '%3E')}|${what}>`];
    }),
  ];
  const lines = [
    ...about.map((topic) => sentences[topic](data)),
    `project ${plain(project)}, run \`${id}\`: ${links.join(', ')}`,
  ];
  return JSON.stringify({ text: lines.join('\n') });
}
