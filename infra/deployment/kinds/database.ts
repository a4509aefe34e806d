import type { Command, Kind } from '../kind.ts';
import type { Database } from '../resource.ts';
import { byLastName, differences, gcloud, isWanted, rowsOf, textAt, valueAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** The collections at the root of the database that are Drover's. */
export const ourCollections: readonly string[] = [
  'agents',
  'audit',
  'calls',
  'deliveries',
  'locks',
  'project',
  'releases',
  'repeats',
  'runs',
  'waits',
];

/**
 * The database. It carries no labels, and may have been there before, with documents of others: then it stays, with all that is in
 * it, for Google removes documents by the last part of their collection's name, which others may use too. Its location is
 * whatever it is: it cannot be changed, and any will do.
 */
export const databaseKind: Kind<Database> = {
  holdsData: true,
  list: ({ project }) => [
    gcloud(['firestore', 'databases', 'list']),
    {
      tool: 'api',
      method: 'POST',
      url: `https://firestore.googleapis.com/v1/projects/${project}/databases/(default)/documents:listCollectionIds`,
      body: { pageSize: 300 },
    },
  ],
  read: (_, wanted, [databases, collections]) => {
    const ids = valueAt(collections, 'collectionIds');
    const found = byLastName(rowsOf(databases), isWanted(wanted));
    return new Map(
      [...found].map(([id, row]) => [id, { ...row, collections: Array.isArray(ids) ? ids : [] }]),
    );
  },
  compare: (_, __, found) =>
    differences({
      type: [textAt(found, 'type'), 'FIRESTORE_NATIVE'],
      deleteProtection: [
        textAt(found, 'deleteProtectionState') || 'DELETE_PROTECTION_DISABLED',
        'DELETE_PROTECTION_ENABLED',
      ],
    }),
  create: ({ region }, { id }) => [
    gcloud([
      'firestore',
      'databases',
      'create',
      `--database=${id}`,
      `--location=${region}`,
      '--type=firestore-native',
      '--delete-protection',
    ]),
  ],
  // Google changes the type of an empty database only, and says so otherwise.
  update: (_, { id }) => [
    gcloud([
      'firestore',
      'databases',
      'update',
      `--database=${id}`,
      '--type=firestore-native',
      '--delete-protection',
    ]),
  ],
  remove: (_, id, found) => removing(id, found.collections),
  terraform: ({ project, region }, { id }) => [
    {
      type: terraformTypes.database,
      label: terraformLabel(id),
      body: {
        project,
        name: id,
        location_id: region,
        type: 'FIRESTORE_NATIVE',
        delete_protection_state: 'DELETE_PROTECTION_ENABLED',
      },
    },
  ],
};

function removing(id: string, collections: unknown): Command[] {
  const there = Array.isArray(collections) ? collections.map(String) : [];
  if (there.some((collection) => !ourCollections.includes(collection))) return [];
  return [
    gcloud(['firestore', 'databases', 'update', `--database=${id}`, '--no-delete-protection']),
    gcloud(['firestore', 'databases', 'delete', `--database=${id}`]),
  ];
}
