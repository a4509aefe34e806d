import type { Google } from '../gcloud/google.ts';
import { isRefusal } from '../gcloud/google.ts';

/** A value as Firestore's REST API writes it (Firestore REST reference, `Value`), in the types that Drover's documents have. */
type RestValue = { readonly [type: string]: unknown };

/** Fields of a document, as plain values. Times are their ISO texts. */
export type Fields = { readonly [field: string]: unknown };

export function documentsUrl(project: string): string {
  return `https://firestore.googleapis.com/v1/projects/${project}/databases/(default)/documents`;
}

/** A document's fields; undefined when it is not there, nor its database. */
export async function readDocument(
  google: Google,
  project: string,
  path: string,
): Promise<Fields | undefined> {
  try {
    const document = await google.api('GET', `${documentsUrl(project)}/${path}`);
    return fieldsOf(document);
  } catch (error) {
    if (isRefusal(error, 'not_found')) return undefined;
    throw error;
  }
}

/** What a query finds, each by its id. */
export async function runQuery(
  google: Google,
  project: string,
  structuredQuery: object,
): Promise<{ id: string; fields: Fields }[]> {
  try {
    const url = `${documentsUrl(project)}:runQuery`;
    const answer = await google.api('POST', url, { structuredQuery });
    const rows = Array.isArray(answer) ? answer : [];
    return rows.flatMap((row) => {
      const document = recordOf(recordOf(row).document);
      if (typeof document.name !== 'string') return [];
      return {
        id: document.name.slice(document.name.lastIndexOf('/') + 1),
        fields: fieldsOf(document),
      };
    });
  } catch (error) {
    if (isRefusal(error, 'not_found')) return [];
    throw error;
  }
}

function fieldsOf(document: unknown): Fields {
  return plainFields(recordOf(document).fields);
}

function plainFields(fields: unknown): Fields {
  return Object.fromEntries(
    Object.entries(recordOf(fields)).map(([name, value]) => [name, plainValue(recordOf(value))]),
  );
}

function plainValue(value: RestValue): unknown {
  const [entry] = Object.entries(value);
  if (!entry) return undefined;
  const [type, content] = entry;
  switch (type) {
    case 'nullValue':
      return null;
    case 'integerValue':
      return Number(content);
    case 'mapValue':
      return plainFields(recordOf(content).fields);
    case 'arrayValue': {
      const { values } = recordOf(content);
      return Array.isArray(values) ? values.map((each) => plainValue(recordOf(each))) : [];
    }
    default:
      return content;
  }
}

/** An object as it is, and nothing for what is none. */
export function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
