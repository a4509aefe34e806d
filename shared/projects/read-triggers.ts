import { filtersOf } from '../webhooks/providers.ts';
import type { WebhookTrigger } from '../webhooks/trigger.ts';
import { type Located, type Report, valueAt } from './located.ts';
import { hint } from './nearest.ts';
import { quoted } from './quoted.ts';
import { tableOf } from './read-sources.ts';
import { filterNames, type TriggerConfig } from './schema/trigger-schema.ts';

/** What people write for a filter, and what it is called (Action Llama's corrections, and a few more). */
const corrections: { readonly [written: string]: readonly string[] } = {
  repository: ['repos'],
  repositories: ['repos'],
  repo: ['repos'],
  event: ['events'],
  action: ['actions'],
  label: ['labels'],
  branch: ['branches'],
  conclusion: ['conclusions'],
  organization: ['organizations', 'orgs'],
  organizations: ['orgs'],
  owner: ['orgs'],
  resource: ['resources'],
  guild: ['guilds'],
  channel: ['channels'],
  command: ['commands'],
  project: ['projects', 'repos'],
  user: ['users', 'sender'],
  team: ['team_ids'],
  assignees: ['assignee'],
  authors: ['author'],
  senders: ['sender'],
};

/** Reports triggers on sources that the project does not have, and filters that their type does not have. */
export function checkTriggers(agent: Located, project: Located, report: Report): void {
  const triggers = valueAt(agent, ['webhooks'])?.content;
  if (!Array.isArray(triggers)) return;
  const sources = tableOf(project, 'webhooks');
  for (const [index, trigger] of triggers.entries()) {
    if (!(trigger.content instanceof Map)) continue;
    const path = ['webhooks', index];
    const name = trigger.content.get('source')?.content;
    const source = typeof name === 'string' ? sources.get(name) : undefined;
    if (typeof name === 'string' && name !== '' && !source) {
      const others = hint(name, [...sources.keys()], 'under [webhooks] it has');
      report([...path, 'source'], `${quoted(name)} is not a source of the project${others}`);
    }
    const type = source && valueAt(source, ['type'])?.content;
    const filters = Object.keys(typeof type === 'string' ? filtersOf(type) : {});
    const whose = filters.length > 0 ? ` of type ${type}` : '';
    const known = filters.length > 0 ? filters : filterNames;
    for (const field of trigger.content.keys()) {
      if (field === 'source' || field === 'if' || known.includes(field)) continue;
      const meant = (Object.hasOwn(corrections, field) ? corrections[field] : undefined)?.find(
        (filter) => known.includes(filter),
      );
      const other = meant === undefined ? hint(field, known, 'there are') : `; write ${meant}`;
      report([...path, field], `not a filter${whose}${other}`);
    }
  }
}

/** The triggers of a configuration that was found to be right. */
export function readTriggers(webhooks: readonly TriggerConfig[]): WebhookTrigger[] {
  return webhooks.map(({ source, if: condition, ...filters }) => ({
    source,
    filters: Object.fromEntries(
      Object.entries(filters).flatMap(([filter, wanted]) =>
        wanted === undefined ? [] : [[filter, [wanted].flat().map(String)]],
      ),
    ),
    if: condition ?? null,
  }));
}
