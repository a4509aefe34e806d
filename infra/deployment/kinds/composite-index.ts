import { lastOf } from '../../last-of.ts';
import { type FoundResource, type Kind, NestedBlocks, type TerraformBody } from '../kind.ts';
import type { CompositeIndex } from '../resource.ts';
import { differences, gcloud, rowsOf, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

const databaseFlag = '--database=(default)';

/**
 * Composite indexes. Google names them itself, and adds `__name__` to their fields, so one is told by what it indexes. Those of
 * others are left alone.
 */
export const compositeIndexKind: Kind<CompositeIndex> = {
  list: () => [gcloud(['firestore', 'indexes', 'composite', 'list', databaseFlag])],
  read: (_, wanted, [answer]) => {
    const rows = rowsOf(answer).map((row) => [shapeFound(row), row] as const);
    const byShape = new Map(rows);
    return new Map(
      wanted.flatMap((index) => {
        const row = byShape.get(shapeWanted(index));
        return row ? [[index.id, row] as const] : [];
      }),
    );
  },
  compare: (_, __, found) => {
    const state = textAt(found, 'state');
    return differences({
      state: [state === 'NEEDS_REPAIR' ? state : 'READY', 'READY'],
    });
  },
  create: (_, { collection, fields }) => [
    gcloud([
      'firestore',
      'indexes',
      'composite',
      'create',
      databaseFlag,
      `--collection-group=${collection}`,
      '--query-scope=collection',
      ...fields.map(
        ({ path, is }) =>
          `--field-config=field-path=${path},${is === 'contains' ? 'array-config' : 'order'}=${is}`,
      ),
      '--async',
    ]),
  ],
  update: () => undefined,
  remove: (_, __, found) => [
    gcloud([
      'firestore',
      'indexes',
      'composite',
      'delete',
      lastOf(textAt(found, 'name')),
      databaseFlag,
    ]),
  ],
  terraform: ({ project }, { id, collection, fields }) => [
    {
      type: terraformTypes.index,
      label: terraformLabel(id),
      body: {
        project,
        database: '(default)',
        collection,
        query_scope: 'COLLECTION',
        fields: new NestedBlocks(
          ...fields.map(
            ({ path, is }): TerraformBody => ({
              field_path: path,
              ...(is === 'contains' ? { array_config: 'CONTAINS' } : { order: is.toUpperCase() }),
            }),
          ),
        ),
      },
    },
  ],
};

function shapeWanted({ collection, fields }: CompositeIndex): string {
  return shape(
    collection,
    'COLLECTION',
    fields.map(({ path, is }) => `${path} ${is.toUpperCase()}`),
  );
}

function shapeFound(row: FoundResource): string {
  const [, collection = ''] =
    /\/collectionGroups\/([^/]+)\/indexes\//.exec(textAt(row, 'name')) ?? [];
  const fields = rowsOf(row, 'fields')
    .filter((field) => textAt(field, 'fieldPath') !== '__name__')
    .map(
      (field) =>
        `${textAt(field, 'fieldPath')} ${textAt(field, 'order') || textAt(field, 'arrayConfig')}`,
    );
  return shape(collection, textAt(row, 'queryScope'), fields);
}

function shape(collection: string, scope: string, fields: readonly string[]): string {
  return JSON.stringify([collection, scope, ...fields]);
}
