import type { SecretNotes, SecretVersion } from '../rest/secret-versions.ts';

/** A version that no field names any more, as it is noted on its secret. */
export interface Superseded {
  number: string;
  /** Since when at the latest, in ms since the epoch. */
  since: number;
  /** Fingerprint of its value; null where the value could not be read. */
  fingerprint: string | null;
}

/** Names of the annotations that are such notes; the version's number follows. */
const noteName = 'drover-superseded-';

/** Notes that are kept: of about 60 bytes each, a fifth of what a secret holds. */
const mostNotes = 50;

/** The notes on a secret, the newest version first. Annotations of others are none, nor is a note that cannot be read. */
export function readSuperseded({ annotations }: Pick<SecretNotes, 'annotations'>): Superseded[] {
  return Object.entries(annotations)
    .flatMap(([name, text]): Superseded[] => {
      const number = name.startsWith(noteName) ? name.slice(noteName.length) : '';
      const [time = '', fingerprint] = text.split(' ');
      const since = Date.parse(time);
      if (!/^\d+$/.test(number) || Number.isNaN(since)) return [];
      return [{ number, since, fingerprint: fingerprint ?? null }];
    })
    .sort((one, other) => Number(other.number) - Number(one.number));
}

/**
 * The annotations of a secret with these notes in place of those that it has. When there are too many, those are left out that were
 * made first: a version with a low number may be superseded last, of a field that seldom changes.
 */
export function withSuperseded(
  { annotations }: Pick<SecretNotes, 'annotations'>,
  superseded: readonly Superseded[],
): { [name: string]: string } {
  const others = Object.entries(annotations).filter(([name]) => !name.startsWith(noteName));
  const newest = [...superseded]
    .sort((one, other) => other.since - one.since || Number(other.number) - Number(one.number))
    .slice(0, mostNotes);
  const notes = newest.map(({ number, since, fingerprint }) => {
    const time = new Date(since).toISOString();
    return [`${noteName}${number}`, fingerprint === null ? time : `${time} ${fingerprint}`];
  });
  return Object.fromEntries([...others, ...notes]);
}

/** Versions that can still be read though no field names them. */
export function openVersions(
  { aliases }: Pick<SecretNotes, 'aliases'>,
  versions: readonly SecretVersion[],
): SecretVersion[] {
  const named = new Set(Object.values(aliases));
  return versions.filter(({ number, state }) => state === 'ENABLED' && !named.has(number));
}
