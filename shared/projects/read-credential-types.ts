import type { OwnCredentialTypes } from '../credentials/types.ts';
import { type Located, type Report, valueAt } from './located.ts';
import { hint } from './nearest.ts';
import { quoted } from './quoted.ts';
import { tableOf } from './read-sources.ts';
import type { CredentialConfig } from './schema/credential-schema.ts';

/** Reports what no single field of `[credentials.<type>]` shows: names given twice, and variables of fields that are none. */
export function checkCredentialTypes(project: Located, report: Report): void {
  for (const [type, table] of tableOf(project, 'credentials')) {
    const fields = textsOf(valueAt(table, ['fields']));
    for (const [index, name] of fields.entries()) {
      if (fields.indexOf(name) === index) continue;
      report(['credentials', type, 'fields', index], `${quoted(name)} is there already`);
    }
    if (fields.length === 0) continue;
    const taken = new Map<string, string>();
    for (const [field, names] of tableOf(table, 'env')) {
      const path = ['credentials', type, 'env', field];
      if (!fields.includes(field))
        report(path, `not a field of it${hint(field, fields, 'it has')}`);
      for (const name of textsOf(names)) {
        const other = taken.get(name);
        if (other !== undefined) report(path, `${name} is set by the field ${other} already`);
        taken.set(name, field);
      }
    }
  }
}

/** The text, or the texts of the list. */
function textsOf(located: Located | undefined): string[] {
  const content = located?.content;
  const all = Array.isArray(content) ? content.map((item) => item.content) : [content];
  return all.filter((text) => typeof text === 'string');
}

/** The types of a configuration that was found to be right. */
export function readCredentialTypes(credentials: {
  [type: string]: CredentialConfig;
}): OwnCredentialTypes {
  return Object.fromEntries(
    Object.entries(credentials).map(([type, { description = '', fields, env = {} }]) => {
      const variables = Object.entries(env).map(([field, names]) => [field, [names].flat()]);
      return [type, { description, fields, env: Object.fromEntries(variables) }];
    }),
  );
}
