import { describe, expect, it } from 'vitest';
import { deployment } from '../deployment/kinds/test-kind.ts';
import { nameOf, type Resource } from '../deployment/resource.ts';
import { refuseForeignDatabase } from './foreign-database.ts';
import type { Inventory } from './inventory.ts';
import { subjectOf } from './subject.ts';

const subject = subjectOf(deployment);
const open = { source: 'service x { match /{all=**} { allow read: if true; } }' };
const closed = { source: 'service x { match /{all=**} { allow read, write: if false; } }' };
const [index] = subject.resources.filter(({ kind }) => kind === 'index');

function found(collections: string[], more: { [name: string]: object } = {}): Inventory {
  const all = Object.entries({ 'database/(default)': { collections }, ...more });
  return { found: new Map(all.map(([name, fields]) => [name, { ...fields }])) };
}

const refusal = (there: Inventory) => () => refuseForeignDatabase(subject, there);

describe('a database where Drover is not yet', () => {
  it('is refused with collections, of whatever name, and named with them', () => {
    expect(refusal(found(['runs', 'customers']))).toThrow(
      expect.objectContaining({
        code: 'DATABASE_OF_OTHERS',
        details: ['It has the collections customers, runs.'],
      }),
    );
  });

  it('is refused with rules that allow something', () => {
    expect(refusal(found([], { 'rules/cloud.firestore': open }))).toThrow(
      expect.objectContaining({
        code: 'DATABASE_OF_OTHERS',
        details: ['Its security rules say: allow read: if true;'],
      }),
    );
  });

  it('is taken when it is empty and closed, or not there', () => {
    expect(refusal(found([], { 'rules/cloud.firestore': closed }))).not.toThrow();
    expect(refusal({ found: new Map() })).not.toThrow();
  });
});

describe('a database where Drover has been', () => {
  it.each(['service-account/drover-webhook', nameOf(index as Resource)])(
    'is taken, with documents of others too, where there is %s',
    (name) => {
      expect(refusal(found(['customers'], { [name]: {} }))).not.toThrow();
    },
  );

  it('concerns nobody who works on something else', () => {
    const accounts = subjectOf(deployment, ({ kind }) => kind === 'service-account');
    expect(() => refuseForeignDatabase(accounts, found(['customers']))).not.toThrow();
  });
});
