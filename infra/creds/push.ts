import { homeReference } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import type { Documents } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { asTold, carryOut, reportingTo } from '../deploy/carry-out.ts';
import { locked, type Working } from '../provision/provision.ts';
import { restDocuments } from '../rest/documents.ts';
import { restSecretVersions } from '../rest/secret-versions.ts';
import { restSecrets } from '../rest/secrets.ts';
import { isChange } from './changes.ts';
import { makeFingerprintKey, readFingerprintKey } from './fingerprint.ts';
import { type InUse, readInUse } from './holders.ts';
import { momentOf } from './moment.ts';
import { nameOf, type PlannedCredential, type PushPlan, planPush } from './plan-push.ts';
import type { Homes } from './tidy.ts';
import type { Wanted } from './wanted.ts';

/** What credentials are looked after with: Secret Manager, and what Firestore knows of runs. */
export interface CredsPorts extends Homes {
  documents: Documents;
}

export interface PushOptions extends Working {
  isDryRun: boolean;
  /** Looks also at every other credential that is there, and puts away their old versions. */
  tidiesAll?: boolean;
  /** Also puts back values that were replaced. */
  older?: boolean;
  /** What was replaced is put away at once, also where runs have it. */
  atOnce?: boolean;
  /** A credential that would be left as it is ends the command. */
  isNamed?: boolean;
  /** Default: by the REST APIs, as the user that gcloud is signed in as. */
  ports?: CredsPorts;
}

/** What a push came to. */
export interface Pushed {
  /** Titles of the steps, in order. Empty: everything was there. */
  steps: readonly string[];
  /** As they were before it. */
  credentials: readonly PlannedCredential[];
  inUse: InUse;
}

/** The ports of a deployment, over REST. */
export function credsPorts({
  google,
  deployment: { project },
}: Pick<Context, 'google' | 'deployment'>): CredsPorts {
  return {
    documents: restDocuments(google, project),
    secrets: restSecrets(google, project),
    versions: restSecretVersions(google, project),
  };
}

/**
 * Puts values into Secret Manager where they are new or otherwise, and puts away versions that nobody can need any more. A call after
 * one that was interrupted goes on from there; one that finds all done changes nothing.
 *
 * @throws Failure, GoogleRefusal
 */
export async function pushCredentials(
  context: Context,
  wanted: readonly Wanted[],
  options: PushOptions,
): Promise<Pushed> {
  try {
    return await push(context, wanted, options);
  } catch (error) {
    throw asTold(error);
  }
}

async function push(
  context: Context,
  wanted: readonly Wanted[],
  options: PushOptions,
): Promise<Pushed> {
  const { google, print } = context;
  const { clock, signal, isDryRun, isNamed = false, atOnce = false } = options;
  const ports = options.ports ?? credsPorts(context);
  const key = await readFingerprintKey(ports.secrets);
  const first = await planned(context, ports, wanted, options, key);
  const left = first.plan.credentials.filter(({ isLeft }) => isLeft);
  if (isNamed && left.length > 0) throw replaced(left);
  for (const each of left) print({ kind: 'note', text: leftNote(each) });
  const { steps } = first.plan;
  const pushed: Pushed = {
    steps: steps.map(({ title }) => title),
    credentials: first.plan.credentials,
    inUse: first.inUse,
  };
  if (isDryRun) {
    for (const { title, commands } of steps) {
      for (const command of commands) print({ kind: 'command', title, command });
    }
  }
  if (isDryRun || steps.length === 0) return pushed;
  if (atOnce) await confirmAtOnce(context, first);
  let done = pushed;
  await locked(context, options, async (lock) => {
    const made = await makeFingerprintKey(ports.secrets);
    // Somebody else may have changed them until the lock was free.
    const { plan, inUse } = await planned(context, ports, wanted, options, made);
    const again = plan.credentials.filter(({ isLeft }) => isLeft);
    if (again.length > left.length) throw replaced(again);
    await carryOut(google, [{ steps: plan.steps, lanes: 4 }], {
      clock,
      signal,
      before: () => lock.renew(),
      ...reportingTo(context),
    });
    done = { steps: plan.steps.map(({ title }) => title), credentials: plan.credentials, inUse };
  });
  return done;
}

interface Planned {
  plan: PushPlan;
  inUse: InUse;
}

async function planned(
  { deployment }: Context,
  ports: CredsPorts,
  wanted: readonly Wanted[],
  { tidiesAll = false, older = false, atOnce = false }: PushOptions,
  key: Uint8Array | undefined,
): Promise<Planned> {
  const inUse = await readInUse(ports);
  const others = tidiesAll ? await othersThan(ports, wanted) : [];
  const plan = await planPush({
    homes: ports,
    inUse,
    googleProject: deployment.project,
    key,
    wanted,
    others,
    older,
    atOnce,
  });
  return { plan, inUse };
}

async function othersThan(
  { secrets }: CredsPorts,
  wanted: readonly Wanted[],
): Promise<CredentialReference[]> {
  const named = new Set(wanted.map(({ reference }) => nameOf(reference)));
  const there = await secrets.list({ drover: 'credential' });
  return there
    .flatMap(({ id }) => homeReference(id) ?? [])
    .filter((reference) => !named.has(nameOf(reference)));
}

/** Has a person agree to runs losing what they have mounted. */
async function confirmAtOnce(context: Context, { plan, inUse }: Planned): Promise<void> {
  const lost = plan.credentials
    .filter(
      ({ changes, tidy }) => changes.some(isChange) || (tidy !== undefined && tidy.ripe.length > 0),
    )
    .flatMap(({ credential }) => {
      const runs = inUse.holdersOf(credential).map(({ run }) => run);
      return runs.length === 0 ? [] : [`${credential}: ${runs.join(', ')}`];
    });
  if (lost.length === 0) return;
  await context.confirm(`Runs that have it mounted lose it. ${lost.join('; ')}.`);
}

function replaced(left: readonly PlannedCredential[]): Failure {
  return new Failure('CREDENTIAL_REPLACED', undefined, { details: left.map(leftNote) });
}

/** What a person should know of a credential that is left as it is. */
export function leftNote({ credential, changes }: PlannedCredential): string {
  const older = changes.flatMap(({ field, after, since }) =>
    since === undefined ? [] : [`${field} (${after}, replaced ${momentOf(since)})`],
  );
  return `credential ${credential} is left as it is: this machine has an older value of ${older.join(', ')}`;
}
