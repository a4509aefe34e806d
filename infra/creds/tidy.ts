import { homeSecretId } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import type { Secrets } from '../../shared/ports/index.ts';
import type { SecretNotes, SecretVersion, SecretVersions } from '../rest/secret-versions.ts';
import { type Fate, fateOf, type Holder } from './fate.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readVersion } from './read-fields.ts';
import { openVersions, readSuperseded, type Superseded, withSuperseded } from './superseded.ts';

/** Where credentials live, for those who look after them. */
export interface Homes {
  secrets: Secrets;
  versions: SecretVersions;
}

/** Time in seconds for which a version that was put away is only disabled, and can be brought back: a week. */
export const destroyAfterSeconds = 7 * 24 * 3_600;

/** What is to be done to the versions of one credential that no field names any more. */
export interface TidyPlan {
  reference: CredentialReference;
  notes: SecretNotes;
  /** Those that nothing is noted of yet. */
  unnoted: readonly string[];
  /** Those that can be put away: disabled now, and destroyed {@link destroyAfterSeconds} later. */
  ripe: readonly string[];
  /** Those that stay for now, and why. */
  staying: readonly { number: string; fate: Exclude<Fate, { kind: 'ripe' }> }[];
}

export interface TidyOptions {
  now: number;
  /** Runs that may have it mounted. */
  holders: readonly Holder[];
  /** Whether versions are put away although somebody may need them. */
  atOnce?: boolean;
}

/**
 * Looks at a home and says what is to be done; undefined when there is none. Changes nothing.
 *
 * @param named The version of each field, for whoever has just changed them: Secret Manager may tell the old ones for a while, and
 * what is new must not be taken for what nobody names. Default: what it tells.
 */
export async function planTidy(
  { versions }: Pick<Homes, 'versions'>,
  reference: CredentialReference,
  options: TidyOptions,
  named?: SecretNotes['aliases'],
): Promise<TidyPlan | undefined> {
  const id = homeSecretId(reference);
  const [found, all] = await Promise.all([versions.notes(id), versions.list(id)]);
  const notes = found && { ...found, aliases: named ?? found.aliases };
  return notes && planOf(reference, notes, all, options);
}

function planOf(
  reference: CredentialReference,
  notes: SecretNotes,
  all: readonly SecretVersion[],
  { now, holders, atOnce = false }: TidyOptions,
): TidyPlan {
  const noted = new Map(readSuperseded(notes).map((each) => [each.number, each]));
  const open = openVersions(notes, all).map(({ number }) => number);
  const judged = open.map((number) => {
    const superseded = noted.get(number) ?? { number, since: now, fingerprint: null };
    return {
      number,
      fate: atOnce ? ({ kind: 'ripe' } as const) : fateOf(superseded, holders, now),
    };
  });
  return {
    reference,
    notes,
    unnoted: open.filter((number) => !noted.has(number)),
    ripe: judged.filter(({ fate }) => fate.kind === 'ripe').map(({ number }) => number),
    staying: judged.flatMap(({ number, fate }) => (fate.kind === 'ripe' ? [] : [{ number, fate }])),
  };
}

/** Whether a plan has anything to be done. */
export function isTidy({ unnoted, ripe }: TidyPlan): boolean {
  return unnoted.length + ripe.length === 0;
}

/** Does it: notes first, which keep a value that was replaced from being put back, then what is to go. */
export async function carryOutTidy(
  { secrets, versions }: Homes,
  { reference, notes, unnoted, ripe }: TidyPlan,
  { now, key }: { now: number; key: Uint8Array },
): Promise<void> {
  const id = homeSecretId(reference);
  if (unnoted.length + ripe.length > 0) {
    const named = new Set(Object.values(notes.aliases));
    const added = unnoted.map(async (number): Promise<Superseded> => {
      const value = await readVersion(secrets, id, number);
      const fingerprint = value ? fingerprintOf(key, reference, value) : null;
      return { number, since: now, fingerprint };
    });
    // One that a field names again is not superseded any more.
    const kept = readSuperseded(notes).filter(({ number }) => !named.has(number));
    const all = [...kept, ...(await Promise.all(added))];
    await versions.setNotes(id, withSuperseded(notes, all), destroyAfterSeconds);
  }
  for (const number of ripe) await versions.destroy(id, number);
}
