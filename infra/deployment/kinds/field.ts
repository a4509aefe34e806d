import { type Command, type FoundResource, type Kind, NestedBlocks } from '../kind.ts';
import type { Deployment, FieldOverride } from '../resource.ts';
import { differences, gcloud, rowsOf, textAt, valueAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

const databaseFlag = '--database=(default)';

/** States of a TTL policy that is there, or on its way (Firestore Admin API, `TtlConfig.State`). */
const inForce: readonly string[] = ['CREATING', 'ACTIVE'];

/**
 * What fields are otherwise than usual. Both halves are set in one call of the API, as one operation: gcloud has a command for
 * each half, and the second would be refused while the first is under way.
 */
export const fieldKind: Kind<FieldOverride> = {
  list: () => [
    gcloud(['firestore', 'indexes', 'fields', 'list', databaseFlag]),
    gcloud(['firestore', 'fields', 'ttls', 'list', databaseFlag]),
  ],
  read: (_, wanted, answers) => {
    const found = new Map<string, FoundResource>();
    const [exempt, expiring] = answers;
    for (const row of rowsOf(exempt)) found.set(idOf(row), { ...row, isExempt: true });
    for (const row of rowsOf(expiring)) {
      const id = idOf(row);
      // One listing may leave out what the other tells.
      found.set(id, { ...found.get(id), ...row });
    }
    const ours = wanted.flatMap(({ id }) => {
      const row = found.get(id);
      return row ? [[id, row] as const] : [];
    });
    return new Map(ours);
  },
  compare: (_, { expires, indexed }, found) =>
    differences({
      expires: [`${inForce.includes(textAt(found, 'ttlConfig', 'state'))}`, `${expires}`],
      indexed: [`${isIndexed(found)}`, `${indexed}`],
    }),
  create: (deployment, wanted) => [setting(deployment, wanted)],
  update: (deployment, wanted) => [setting(deployment, wanted)],
  remove: (_, id, found) => {
    const [collection = '', field = ''] = id.split('.');
    const named = [field, `--collection-group=${collection}`, databaseFlag];
    const expires = valueAt(found, 'ttlConfig') !== undefined;
    return [
      ...(expires
        ? [gcloud(['firestore', 'fields', 'ttls', 'update', ...named, '--disable-ttl'])]
        : []),
      gcloud(['firestore', 'indexes', 'fields', 'update', ...named, '--clear-exemption']),
    ];
  },
  terraform: ({ project }, { id, collection, field, expires, indexed }) => [
    {
      type: terraformTypes.field,
      label: terraformLabel(id),
      body: {
        project,
        database: '(default)',
        collection,
        field,
        ...(indexed ? {} : { index_config: new NestedBlocks({}) }),
        ...(expires ? { ttl_config: new NestedBlocks({}) } : {}),
      },
    },
  ],
};

function setting(
  { project }: Deployment,
  { collection, field, expires, indexed }: FieldOverride,
): Command {
  const name = `projects/${project}/databases/(default)/collectionGroups/${collection}/fields/${field}`;
  return {
    tool: 'api',
    method: 'PATCH',
    url: `https://firestore.googleapis.com/v1/${name}?updateMask=indexConfig,ttlConfig`,
    body: {
      name,
      // An empty list of indexes is "none"; without the field, the field is indexed as its collection's others are.
      ...(indexed ? {} : { indexConfig: { indexes: [] } }),
      ...(expires ? { ttlConfig: {} } : {}),
    },
  };
}

/** An exempt field has its own list of indexes, which is left out when it is empty; another has its collection's. */
function isIndexed(found: FoundResource): boolean {
  const inherits = valueAt(found, 'indexConfig', 'usesAncestorConfig') === true;
  if (found.isExempt !== true || inherits) return true;
  return rowsOf(found.indexConfig, 'indexes').length > 0;
}

function idOf(row: FoundResource): string {
  const [, collection = '', field = ''] =
    /\/collectionGroups\/([^/]+)\/fields\/(.+)$/.exec(textAt(row, 'name')) ?? [];
  return `${collection}.${field}`;
}
