import type { Data } from '../../shared/ports/index.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';
import { recordOf } from '../record-of.ts';
import { fieldsFromJson, type JsonFields } from './values.ts';

// Reads of some fields of documents, for which the port has no word: what is not asked for is not sent.

function documentsUrl(project: string): string {
  return `https://firestore.googleapis.com/v1/projects/${project}/databases/(default)/documents`;
}

/**
 * A document's fields; undefined when it is not there, nor its database.
 *
 * @param path Its path, and which fields: `releases/x?mask.fieldPaths=agents`.
 * @throws GoogleRefusal
 */
export async function readPart(
  google: Google,
  project: string,
  path: string,
): Promise<Data | undefined> {
  try {
    return fieldsOf(await google.api('GET', `${documentsUrl(project)}/${path}`));
  } catch (error) {
    if (isRefusal(error, 'not_found')) return undefined;
    throw error;
  }
}

/**
 * What a query finds, each by its id; nothing where there is no database.
 *
 * @param structuredQuery As Firestore's REST API has it (`StructuredQuery`), with the fields that it selects.
 * @throws GoogleRefusal
 */
export async function queryParts(
  google: Google,
  project: string,
  structuredQuery: object,
): Promise<{ id: string; fields: Data }[]> {
  try {
    const url = `${documentsUrl(project)}:runQuery`;
    const answer = await google.api('POST', url, { structuredQuery });
    const rows = Array.isArray(answer) ? answer : [];
    return rows.flatMap((row) => {
      const document = recordOf(recordOf(row).document);
      const id = lastOf(document.name);
      return id === '' ? [] : [{ id, fields: fieldsOf(document) }];
    });
  } catch (error) {
    if (isRefusal(error, 'not_found')) return [];
    throw error;
  }
}

function fieldsOf(document: unknown): Data {
  return fieldsFromJson(recordOf(document).fields as JsonFields | undefined);
}
