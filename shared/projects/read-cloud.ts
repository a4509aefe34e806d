import { check } from './check.ts';
import { type Located, type Report, valueAt } from './located.ts';
import { cloudSchema } from './schema/environment-schema.ts';

/** Where an environment stands: `[cloud]` of its file. */
export interface Cloud {
  /** Id of the Google Cloud project. */
  project: string;
  region: string;
  /** Repository of images in Artifact Registry. */
  artifactRegistry: string | null;
  /** Service account that agents run as. */
  serviceAccount: string | null;
}

/** Action Llama's documents spell two fields one way and its code the other: both are read. */
const spellings = [
  ['artifactRegistry', 'artifact_registry'],
  ['serviceAccount', 'service_account'],
] as const;

/** Reads `[cloud]` of an environment's table, whose fields were checked; null when there is none. */
export function readCloud(environment: Located, report: Report): Cloud | null {
  const table = valueAt(environment, ['cloud']);
  if (!table || !(table.content instanceof Map)) return null;
  const config = check(
    table,
    cloudSchema,
    (path, message) => report(['cloud', ...path], message),
    'only what is missing',
  );
  for (const [one, other] of spellings) {
    if (table.content.has(one) && table.content.has(other)) {
      report(['cloud', other], `the same as ${one}, which is there too; leave one of them out`);
    }
  }
  return config
    ? {
        project: config.project,
        region: config.region,
        artifactRegistry: config.artifactRegistry ?? config.artifact_registry ?? null,
        serviceAccount: config.serviceAccount ?? config.service_account ?? null,
      }
    : null;
}
