import { describe, expect, it } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { queryParts, readPart } from './read-parts.ts';

const documents = 'https://firestore.googleapis.com/v1/projects/p/databases/(default)/documents';

function answering(answer: unknown): Google & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    gcloud: () => Promise.reject(new Error('gcloud is not asked')),
    api: async (method, url) => {
      asked.push(`${method} ${url}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}
const gone = new GoogleRefusal('not_found', 'no database', { command: 'x' });
const refused = new GoogleRefusal('permission_denied', 'no', { command: 'x' });
const fields = {
  state: { stringValue: 'queued' },
  at: { timestampValue: '2026-01-01T00:00:00Z' },
  all: { mapValue: {} },
};
const plain = { state: 'queued', at: new Date('2026-01-01T00:00:00Z'), all: {} };

describe('fields of documents', () => {
  it('are read as the documents of the port are', async () => {
    const google = answering({ name: 'x', fields });
    expect(await readPart(google, 'p', 'runs/a?mask.fieldPaths=state')).toEqual(plain);
    expect(google.asked).toEqual([`GET ${documents}/runs/a?mask.fieldPaths=state`]);
    expect(await readPart(answering({ name: 'x' }), 'p', 'runs/a')).toEqual({});
  });

  it('are found by a query, each by its id; a row that is a time alone is none', async () => {
    const rows = [{ document: { name: 'x/runs/a', fields } }, { readTime: 'x' }];
    expect(await queryParts(answering(rows), 'p', {})).toEqual([{ id: 'a', fields: plain }]);
  });

  it('are not there where there is no document and no database, and refused to who may not read', async () => {
    expect(await readPart(answering(gone), 'p', 'runs/a')).toBeUndefined();
    expect(await queryParts(answering(gone), 'p', {})).toEqual([]);
    await expect(readPart(answering(refused), 'p', 'runs/a')).rejects.toBe(refused);
    await expect(queryParts(answering(refused), 'p', {})).rejects.toBe(refused);
  });
});
