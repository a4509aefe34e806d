import { afterAll, beforeAll, describe } from 'vitest';
import type { Documents } from '../../shared/ports/index.ts';
import { commitContract } from './documents-commit.ts';
import { limitsContract } from './documents-limits.ts';
import { queryContract } from './documents-query.ts';
import { racesContract } from './documents-races.ts';
import { timeContract } from './documents-time.ts';
import { valuesContract } from './documents-values.ts';

/** An implementation under test. */
export interface Subject {
  documents: Documents;
  close(): Promise<void>;
}

/** What a part of the contract is run on. */
export interface Bench {
  documents: Documents;
  /** The name of a collection that nothing else uses. */
  collection(): string;
}

/** Everything that the port `Documents` promises, as tests. One suite, every implementation. */
export function documentsContract(setup: () => Promise<Subject>): void {
  let subject: Subject | undefined;
  let collections = 0;
  const bench: Bench = {
    get documents() {
      if (!subject) throw new Error('the subject is set up before the first test');
      return subject.documents;
    },
    collection: () => {
      collections += 1;
      return `things${collections}`;
    },
  };
  beforeAll(async () => {
    subject = await setup();
  });
  afterAll(() => subject?.close());

  describe('commit', () => commitContract(bench));
  describe('values', () => valuesContract(bench));
  describe('query', () => queryContract(bench));
  describe('races', () => racesContract(bench));
  describe('limits', () => limitsContract(bench));
  describe('time', () => timeContract(bench));
}
