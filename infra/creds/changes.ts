import type { CredentialFields } from '../../shared/credentials/home.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Superseded } from './superseded.ts';
import type { Wanted } from './wanted.ts';

/** What becomes of one field of a credential. */
export interface FieldChange {
  field: string;
  /** `older`: what is wanted is a value that a later one has replaced already. */
  change: 'new' | 'changed' | 'gone' | 'same' | 'older';
  /** Fingerprints of the value before and after; null where there is none, or no key to make it with yet. */
  before: string | null;
  after: string | null;
  /** Of an older value: since when it is replaced, in ms since the epoch. */
  since?: number;
}

export interface Known {
  /** What Secret Manager has; undefined where it has no such credential. */
  fields: CredentialFields | undefined;
  superseded: readonly Superseded[];
  /** What fingerprints are made with; undefined before the first was. */
  key: Uint8Array | undefined;
}

/** Compares what is wanted of a credential with what is there, field by field. */
export function changesOf(
  { reference, fields, isWhole }: Wanted,
  { fields: known = {}, superseded, key }: Known,
): FieldChange[] {
  const mark = (value: Uint8Array | undefined): string | null =>
    value && key ? fingerprintOf(key, reference, value) : null;
  const wanted = Object.entries(fields).map(([field, value]): FieldChange => {
    const current = Object.hasOwn(known, field) ? known[field] : undefined;
    const [before, after] = [mark(current), mark(value)];
    if (current && Buffer.compare(current, value) === 0) {
      return { field, change: 'same', before, after };
    }
    const replaced = superseded.find(
      ({ fingerprint }) => fingerprint !== null && fingerprint === after,
    );
    // Without a value in its place there is none that has replaced it.
    if (current && replaced) {
      return { field, change: 'older', before, after, since: replaced.since };
    }
    return { field, change: current ? 'changed' : 'new', before, after };
  });
  const gone = isWhole ? Object.keys(known).filter((field) => !Object.hasOwn(fields, field)) : [];
  return [
    ...wanted,
    ...gone.map(
      (field): FieldChange => ({ field, change: 'gone', before: mark(known[field]), after: null }),
    ),
  ];
}

/** Whether any of these changes something. */
export function isChange({ change }: FieldChange): boolean {
  return change !== 'same';
}

/** `token 1a2b3c4d → 5e6f7a8b`: one change, for a person. */
export function changeLine({ field, change, before, after }: FieldChange): string {
  const [from, to] = [before ?? 'unknown', after ?? 'unknown'];
  switch (change) {
    case 'new':
      return `${field} is new: ${to}`;
    case 'changed':
    case 'older':
      return `${field} ${from} → ${to}`;
    case 'gone':
      return `${field} ${from} is gone`;
    case 'same':
      return `${field} ${to} is the same`;
  }
}
