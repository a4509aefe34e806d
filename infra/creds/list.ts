import {
  type CredentialFields,
  homeReference,
  homeSecretId,
} from '../../shared/credentials/home.ts';
import { type CredentialReference, parseReference } from '../../shared/credentials/reference.ts';
import { hasCode, type Secrets } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { credentialDirectories } from '../credential-files.ts';
import { asTold } from '../deploy/carry-out.ts';
import { neededCredentials } from '../project-credentials.ts';
import { inLanes } from '../provision/lanes.ts';
import type { SecretVersion } from '../rest/secret-versions.ts';
import { fateOf } from './fate.ts';
import { fingerprintKey, fingerprintOf, readFingerprintKey } from './fingerprint.ts';
import { type InUse, readInUse } from './holders.ts';
import { nameOf } from './plan-push.ts';
import { type CredsPorts, credsPorts } from './push.ts';
import { readVersion } from './read-fields.ts';
import { openVersions, readSuperseded, type Superseded } from './superseded.ts';
import { usersOf } from './users.ts';
import { readFiled } from './wanted.ts';

/** One field of a credential that is in Secret Manager. */
export interface ListedField {
  field: string;
  version: string;
  /** As Secret Manager has it; a run needs `ENABLED`. */
  state: string;
  /** Since when, as an ISO time; null where the version is not there. */
  since: string | null;
  /** Null where the value cannot be read, or no credential was pushed by `drover creds` yet. */
  fingerprint: string | null;
  /** How the value on this machine compares; null: there is none. `older`: one that was replaced. */
  here: 'same' | 'different' | 'older' | null;
}

/** A version that no field names any more. */
export interface ListedVersion {
  version: string;
  /** `open`: it can still be read; `disabled`: it goes at `until`, and can be brought back before. */
  state: 'open' | 'disabled';
  /** Until when it stays, as an ISO time; null: until nobody needs it. */
  until: string | null;
  /** Runs that may have it mounted. */
  heldBy: readonly string[];
}

export interface ListedCredential {
  credential: string;
  usedBy: readonly string[];
  /** Whether it is in Secret Manager; where not, somebody needs it. */
  isThere: boolean;
  fields: readonly ListedField[];
  /** The versions before, the newest first, but for those that are destroyed. */
  old: readonly ListedVersion[];
}

/** Credentials that are looked at at a time. */
const atATime = 8;

/** Every credential that is in Secret Manager or needed, in the order of their names. Shows no value. */
export async function listCredentials(
  context: Context,
  ports: CredsPorts = credsPorts(context),
): Promise<ListedCredential[]> {
  try {
    const [inUse, homes, key] = await Promise.all([
      readInUse(ports),
      ports.secrets.list({ drover: 'credential' }),
      readFingerprintKey(ports.secrets),
    ]);
    const projects = [inUse.release, context.project].flatMap((each) => each ?? []);
    const there = homes.flatMap(({ id }) => homeReference(id) ?? []);
    const names = new Set([...there.map(nameOf), ...projects.flatMap(neededBy)]);
    names.delete(nameOf(fingerprintKey));
    const all = [...names].sort().flatMap((name) => parseReference(name) ?? []);
    const looking: Looking = { ports, inUse, key, projects, directory: context.directory };
    return await inLanes(atATime, all, (reference) => look(looking, reference));
  } catch (error) {
    throw asTold(error);
  }
}

function neededBy(project: Project): string[] {
  const { agents, sources } = neededCredentials(project);
  return [...agents, ...sources];
}

interface Looking {
  ports: CredsPorts;
  inUse: InUse;
  key: Uint8Array | undefined;
  projects: readonly Project[];
  /** The project's. */
  directory: string;
}

async function look(looking: Looking, reference: CredentialReference): Promise<ListedCredential> {
  const { ports, inUse, projects } = looking;
  const credential = nameOf(reference);
  const id = homeSecretId(reference);
  const [notes, versions] = await Promise.all([ports.versions.notes(id), ports.versions.list(id)]);
  const usedBy = usersOf(projects, credential);
  const aliases = Object.entries(notes?.aliases ?? {});
  if (!notes || aliases.length === 0) {
    return { credential, usedBy, isThere: false, fields: [], old: [] };
  }
  const superseded = readSuperseded(notes);
  const filed = filedHere(looking.directory, credential);
  const fields = await Promise.all(
    aliases.map(async ([field, number]): Promise<ListedField> => {
      const version = versions.find((each) => each.number === number);
      const value = await readOrNot(ports.secrets, id, number);
      const mark = (bytes: Uint8Array | undefined): string | null =>
        bytes && looking.key ? fingerprintOf(looking.key, reference, bytes) : null;
      const here = Object.hasOwn(filed, field) ? filed[field] : undefined;
      return {
        field,
        version: number,
        state: version?.state ?? 'MISSING',
        since: version ? isoOf(version.createdAt) : null,
        fingerprint: mark(value),
        here: here ? compare(here, value, mark(here), superseded) : null,
      };
    }),
  );
  const noted = new Map(superseded.map((each) => [each.number, each]));
  const holders = inUse.holdersOf(credential);
  const open = openVersions(notes, versions).map(({ number }): ListedVersion => {
    const known = noted.get(number) ?? { number, since: inUse.now, fingerprint: null };
    const fate = fateOf(known, holders, inUse.now);
    return {
      version: number,
      state: 'open',
      until: fate.kind === 'rests' ? isoOf(fate.until) : null,
      heldBy: fate.kind === 'held' ? fate.runs : [],
    };
  });
  const old = [...open, ...versions.flatMap(disabled)];
  old.sort((one, other) => Number(other.version) - Number(one.version));
  return { credential, usedBy, isThere: true, fields, old };
}

/** What this machine has of a credential: nothing where its files cannot be read, which a push will say. */
function filedHere(directory: string, credential: string): CredentialFields {
  try {
    return readFiled(credentialDirectories(directory), credential)?.fields ?? {};
  } catch (error) {
    if (error instanceof Failure) return {};
    throw error;
  }
}

function compare(
  here: Uint8Array,
  there: Uint8Array | undefined,
  mark: string | null,
  superseded: readonly Superseded[],
): ListedField['here'] {
  if (there && Buffer.compare(here, there) === 0) return 'same';
  const isOlder = superseded.some(
    ({ fingerprint }) => fingerprint !== null && fingerprint === mark,
  );
  return isOlder ? 'older' : 'different';
}

function disabled({ number, state, destroyAt }: SecretVersion): ListedVersion[] {
  if (state !== 'DISABLED') return [];
  const until = destroyAt === null ? null : isoOf(destroyAt);
  return [{ version: number, state: 'disabled', until, heldBy: [] }];
}

/** Undefined where it cannot be read: it is gone, or not for this account. */
async function readOrNot(
  secrets: Secrets,
  id: string,
  version: string,
): Promise<Uint8Array | undefined> {
  try {
    return await readVersion(secrets, id, version);
  } catch (error) {
    if (hasCode(error, 'permission_denied')) return undefined;
    throw error;
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
