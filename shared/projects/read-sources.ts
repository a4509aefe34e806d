import { providerOf } from '../webhooks/providers.ts';
import type { WebhookSource } from '../webhooks/trigger.ts';
import { type Located, type LocatedTable, type Report, valueAt } from './located.ts';
import { type SourceConfig, sourceSchema } from './schema/source-schema.ts';

/** Fields that a source of every type has. */
const common = ['type', 'credential', 'allowUnsigned'];

/** The table at `name` of the project's merged tables; empty when it is none. */
export function tableOf(project: Located, name: string): LocatedTable {
  const content = valueAt(project, [name])?.content;
  return content instanceof Map ? content : new Map();
}

/** Reports fields under `[webhooks]` that belong to another type than the source's. */
export function checkSources(project: Located, report: Report): void {
  for (const [name, source] of tableOf(project, 'webhooks')) {
    const type = valueAt(source, ['type'])?.content;
    const provider = typeof type === 'string' ? providerOf(type) : undefined;
    if (!provider || !(source.content instanceof Map)) continue;
    const own = [provider.secret?.type ?? [], Object.keys(provider.options)].flat();
    for (const field of source.content.keys()) {
      const isKnown = Object.hasOwn(sourceSchema.shape, field);
      if (!isKnown || common.includes(field) || own.includes(field)) continue;
      const has = own.length > 0 ? `which has ${own.join(', ')}` : 'which has no secret';
      report(['webhooks', name, field], `not a field of type ${provider.type}, ${has}`);
    }
  }
}

/** The sources of a configuration that was found to be right. */
export function readSources(webhooks: { [name: string]: SourceConfig }): {
  [source: string]: WebhookSource;
} {
  return Object.fromEntries(
    Object.entries(webhooks).map(([name, source]) => [name, readSource(source)]),
  );
}

function readSource(source: SourceConfig): WebhookSource {
  const { type, allowUnsigned = false, credential, ...own } = source;
  const named: { [field: string]: unknown } = own;
  const { secret = null, options = {} } = providerOf(type) ?? {};
  const instances = secret === null ? [] : (named[secret.type] ?? credential ?? 'default');
  return {
    type,
    secrets: [...new Set([instances].flat())].map(String),
    allowUnsigned,
    options: Object.fromEntries(
      Object.keys(options).flatMap((option) => {
        const value = named[option];
        return value === undefined ? [] : [[option, String(value)]];
      }),
    ),
  };
}
