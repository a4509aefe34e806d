import { Failure } from '../cli/errors.ts';
import { valueAt } from '../deployment/kinds/found.ts';
import { accountId } from '../deployment/names.ts';
import { nameOf } from '../deployment/resource.ts';
import type { Inventory } from './inventory.ts';
import { kindOf, type Subject } from './kinds.ts';

/**
 * Refuses to make Drover for the first time in a database that something else uses: Drover closes it to clients, and has documents
 * of its collections' names removed in all of it. Drover has been there where there is an identity of it, or, after a teardown that
 * kept the data, an index.
 *
 * @throws Failure `DATABASE_OF_OTHERS`
 */
export function refuseForeignDatabase(
  { deployment, resources, kinds }: Subject,
  { found }: Inventory,
): void {
  const database = found.get('database/(default)');
  const isWorkedOn = resources.some(({ kind }) => kind === 'database');
  if (!database || !isWorkedOn) return;
  const wasHere =
    found.has(nameOf({ kind: 'service-account', id: accountId('webhook') })) ||
    resources.some((each) => each.kind === 'index' && found.has(nameOf(each)));
  if (wasHere) return;
  const collections = valueAt(database, 'collections');
  const names = Array.isArray(collections) ? collections.map(String) : [];
  const opened = resources.flatMap((resource) => {
    const there = resource.kind === 'rules' ? found.get(nameOf(resource)) : undefined;
    return there ? kindOf(kinds, 'rules').compare(deployment, resource, there) : [];
  });
  if (names.length === 0 && opened.length === 0) return;
  throw new Failure(
    'DATABASE_OF_OTHERS',
    `The Firestore database of ${deployment.project} is used by something else, and Drover would have the whole of it. Nothing was changed.`,
    {
      details: [
        ...(names.length === 0 ? [] : [`It has the collections ${names.sort().join(', ')}.`]),
        ...opened.map(({ found: allowed }) => `Its security rules say: ${allowed}`),
      ],
    },
  );
}
