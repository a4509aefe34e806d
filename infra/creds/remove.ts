import { homeSecretId } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { asTold, carryOut, reportingTo } from '../deploy/carry-out.ts';
import type { Step } from '../deploy/step.ts';
import { locked, type Working } from '../provision/provision.ts';
import { type InUse, readInUse } from './holders.ts';
import { nameOf, secretsUrl } from './plan-push.ts';
import { type CredsPorts, credsPorts } from './push.ts';
import { usersOf } from './users.ts';

export interface RemoveOptions extends Working {
  isDryRun: boolean;
  /** Also where runs have it mounted. */
  atOnce?: boolean;
  /** Default: by the REST APIs, as the user that gcloud is signed in as. */
  ports?: CredsPorts;
}

/**
 * Removes credentials from Secret Manager with all their versions, and answers which were there. A person agrees to it first, and is
 * told who uses them.
 *
 * @throws Failure `CREDENTIAL_IN_USE` where runs have one mounted, GoogleRefusal
 */
export async function removeCredentials(
  context: Context,
  references: readonly CredentialReference[],
  options: RemoveOptions,
): Promise<string[]> {
  try {
    return await remove(context, references, options);
  } catch (error) {
    throw asTold(error);
  }
}

async function remove(
  context: Context,
  references: readonly CredentialReference[],
  options: RemoveOptions,
): Promise<string[]> {
  const { google, print, deployment } = context;
  const { clock, signal, isDryRun } = options;
  const ports = options.ports ?? credsPorts(context);
  const found = await Promise.all(
    references.map(async (each) => ((await ports.secrets.get(homeSecretId(each))) ? [each] : [])),
  );
  const there = found.flat();
  const steps = there.map((reference): Step => {
    const id = homeSecretId(reference);
    return {
      title: `credential ${nameOf(reference)}`,
      why: 'It is removed with all its versions.',
      commands: [{ tool: 'api', method: 'DELETE', url: `${secretsUrl(deployment.project)}/${id}` }],
      run: async () => {
        await ports.secrets.delete(id);
        return 'removed';
      },
    };
  });
  if (isDryRun) {
    for (const { title, commands } of steps) {
      for (const command of commands) print({ kind: 'command', title, command });
    }
  }
  if (isDryRun || there.length === 0) return there.map(nameOf);
  const inUse = await readInUse(ports);
  if (!options.atOnce) refuseHeld(there, inUse);
  await context.confirm(whatGoes(there, context.project, inUse));
  await locked(context, options, async (lock) => {
    if (!options.atOnce) refuseHeld(there, await readInUse(ports));
    await carryOut(google, [{ steps, lanes: 4 }], {
      clock,
      signal,
      before: () => lock.renew(),
      ...reportingTo(context),
    });
  });
  return there.map(nameOf);
}

function refuseHeld(there: readonly CredentialReference[], { holdersOf }: InUse): void {
  const held = there.map(nameOf).flatMap((credential) => {
    const runs = holdersOf(credential).map(({ run }) => run);
    return runs.length === 0 ? [] : [`${credential}: ${runs.join(', ')}`];
  });
  if (held.length > 0) throw new Failure('CREDENTIAL_IN_USE', undefined, { details: held });
}

/** What a person agrees to: what goes, and whom it is missed by. */
function whatGoes(
  there: readonly CredentialReference[],
  project: Project | null,
  { release }: InUse,
): string {
  const projects = [release, project].flatMap((each) => each ?? []);
  const each = there.map(nameOf).map((credential) => {
    const users = usersOf(projects, credential);
    return `${credential} (${users.length === 0 ? 'nobody uses it' : `used by ${users.join(', ')}`})`;
  });
  return `Removed with all versions: ${each.join('; ')}. Runs of agents that list a credential fail without it, and webhooks that it signs are refused.`;
}
