import { accountId, emailOf } from '../deployment/names.ts';
import type { Deployment } from '../deployment/resource.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { Failure } from './errors.ts';

/**
 * Throws `NOT_PROVISIONED` where the identity of a function is not there, without which none can be deployed. Whatever else an
 * interrupted `provision` has left out, a deployment makes.
 */
export async function requireProvisioned(google: Google, deployment: Deployment): Promise<void> {
  const account = emailOf(deployment, accountId('webhook'));
  try {
    await google.gcloud(['iam', 'service-accounts', 'describe', account]);
  } catch (error) {
    if (!isRefusal(error, 'not_found') && !(isRefusal(error) && error.service)) throw error;
    throw new Failure(
      'NOT_PROVISIONED',
      `Drover is not set up in ${deployment.project}: there is no ${account}.`,
      { cause: error },
    );
  }
}
