import type { CompositeIndex, FieldOverride, ResourceName } from './resource.ts';

/** A field of a composite index: `name` ascending, `-name` descending, `[name]` for what an array contains. */
type IndexedField = string;

/** The composite indexes, by collection: each query that names two fields needs one. Single fields are indexed by themselves. */
const composites: { readonly [collection: string]: readonly (readonly IndexedField[])[] } = {
  deliveries: [
    ['event', '-sortKey'],
    ['outcome', '-sortKey'],
    ['[sources]', '-sortKey'],
  ],
  runs: [
    ['agent', '-admittedAt'],
    ['agent', 'state', 'admittedAt'],
    ['agent', 'state', '-admittedAt'],
    ['reason', '-admittedAt'],
    ['state', 'admittedAt'],
    ['state', '-admittedAt'],
  ],
};

/** Collections whose documents go by themselves some time after their field `expireAt`. */
const expiring: readonly string[] = [
  'audit',
  'body',
  'calls',
  'deliveries',
  'events',
  'input',
  'logs',
  'repeats',
  'replays',
  'runs',
  'value',
  'waits',
];

/** Those of which the sweep looks for what may go, before it does. In the others the field needs no index. */
const swept: readonly string[] = ['deliveries', 'runs'];

/** Fields that nobody looks for, and that would only make writes dearer, or are too long for an index. */
const unindexed: { readonly [collection: string]: readonly string[] } = {
  agents: ['days'],
  body: ['bytes'],
  deliveries: ['context', 'unmatched'],
  input: ['text'],
  logs: ['lines'],
  releases: ['agents', 'sources'],
  value: ['text'],
};

export function compositeIndexes(needs: readonly ResourceName[]): CompositeIndex[] {
  return Object.entries(composites).flatMap(([collection, indexes]) =>
    indexes.map((fields): CompositeIndex => {
      const read = fields.map(readField);
      const names = read.map(({ path, is }) => (is === 'ascending' ? path : `${path} ${is}`));
      return {
        kind: 'index',
        id: `${collection}: ${names.join(', ')}`,
        why: `Answers queries of \`${collection}\`.`,
        collection,
        fields: read,
        needs,
      };
    }),
  );
}

export function fieldOverrides(needs: readonly ResourceName[]): FieldOverride[] {
  const override = (collection: string, field: string, expires: boolean): FieldOverride => ({
    kind: 'field',
    id: `${collection}.${field}`,
    why: expires ? 'Its documents go by themselves.' : 'Nobody looks for it.',
    collection,
    field,
    expires,
    indexed: expires && swept.includes(collection),
    needs,
  });
  return [
    ...expiring.map((collection) => override(collection, 'expireAt', true)),
    ...Object.entries(unindexed).flatMap(([collection, fields]) =>
      fields.map((field) => override(collection, field, false)),
    ),
  ];
}

function readField(text: IndexedField): {
  path: string;
  is: 'ascending' | 'descending' | 'contains';
} {
  if (text.startsWith('-')) return { path: text.slice(1), is: 'descending' };
  if (text.startsWith('[')) return { path: text.slice(1, -1), is: 'contains' };
  return { path: text, is: 'ascending' };
}
