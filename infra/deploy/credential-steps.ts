import type { Documents } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { readFingerprintKey } from '../creds/fingerprint.ts';
import { readInUse } from '../creds/holders.ts';
import { neededHere } from '../creds/needed-here.ts';
import { noPorts } from '../creds/no-ports.ts';
import { planPush } from '../creds/plan-push.ts';
import { leftNote } from '../creds/push.ts';
import type { Homes } from '../creds/tidy.ts';
import type { Step } from './step.ts';

interface Depositing {
  googleProject: string;
  project: Project;
  /** The project's. */
  directory: string;
  /** Null: nothing can be asked, and nothing is taken to be there. */
  ports: (Homes & { documents: Documents }) | null;
}

/**
 * What has to be done so that Secret Manager has the credentials that the project needs as they lie on this machine, and what a person
 * should know. One that lies nowhere here and is there already stays as it is, and so does one of which this machine has a value that
 * was replaced since. No value is in a step.
 *
 * @throws Failure `CREDENTIAL_WRONG`, before anything is changed; `NOT_PROVISIONED` when there is no database.
 */
export async function credentialSteps({
  googleProject,
  project,
  directory,
  ports,
}: Depositing): Promise<{ steps: readonly Step[]; notes: string[] }> {
  const { wanted, notes } = await neededHere(project, directory, ports?.secrets ?? null);
  const homes = ports ?? noPorts();
  const plan = await planPush({
    homes,
    inUse: await readInUse(homes),
    googleProject,
    key: ports ? await readFingerprintKey(ports.secrets) : undefined,
    wanted,
  });
  const left = plan.credentials.filter(({ isLeft }) => isLeft).map(leftNote);
  return { steps: plan.steps, notes: [...notes, ...left] };
}
