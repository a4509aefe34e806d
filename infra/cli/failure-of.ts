import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { GcloudMissing, GoogleRefusal } from '../gcloud/google.ts';
import { unreadable } from '../publish/unreadable.ts';
import { type ErrorCode, errorKinds, Failure } from './errors.ts';

/** Longest message of Google's that is shown, in UTF-16 units. */
const longestMessage = 1_500;

/** Names of the constraints of organisation policies, and Google's words for a refusal by one of them. */
const policy =
  /constraints\/[\w.]+|organi[sz]ation policy|do(?:es)? not belong to a permitted customer/i;
const billing = /billing/i;
/** Google's words for a queue, and for a role, whose name rests. */
const resting = /existed too recently|in a deleted state/i;
/** A queue whose name rests may seem to be made (Cloud Tasks API, `queues.delete`): then it is not there afterwards. */
const looksAfter = /^gcloud tasks queues describe /;
/** After seven days a role cannot be brought back any more (IAM docs, "Delete a custom role"). */
const bringsBack = /^gcloud iam roles undelete /;

/** Whatever ended a command, as the failure that it is told as. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof GcloudMissing) {
    return new Failure('GCLOUD_MISSING', undefined, { cause: error });
  }
  if (error instanceof GoogleRefusal) return ofRefusal(error);
  if (error instanceof UnreadableRelease) return unreadable(error);
  const isError = error instanceof Error;
  return new Failure('BUG', isError ? `${errorKinds.BUG.what} (${error.message})` : undefined, {
    cause: error,
    details: isError && error.stack !== undefined ? error.stack.split('\n') : [String(error)],
  });
}

function ofRefusal(refusal: GoogleRefusal): Failure {
  const { message, command, service } = refusal;
  const words = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  const code = codeOf(refusal);
  const what = code === 'API_OFF' ? `${service} is not enabled in this project yet.` : undefined;
  return new Failure(code, what, {
    cause: refusal,
    details: [...words.split('\n'), `refused: ${command}`],
  });
}

function codeOf({ code, message, service, command }: GoogleRefusal): ErrorCode {
  if (service !== undefined) return 'API_OFF';
  if (policy.test(message)) return 'POLICY_FORBIDS';
  if (resting.test(message)) return 'NAME_RESTING';
  switch (code) {
    case 'unauthenticated':
      return 'NOT_SIGNED_IN';
    case 'permission_denied':
      return 'PERMISSION_MISSING';
    case 'resource_exhausted':
      return 'QUOTA_EXCEEDED';
    case 'unavailable':
      return 'GOOGLE_UNAVAILABLE';
    case 'not_found':
      return looksAfter.test(command) ? 'NAME_RESTING' : 'GOOGLE_REFUSED';
    case 'failed_precondition':
      if (bringsBack.test(command)) return 'NAME_RESTING';
      return billing.test(message) ? 'BILLING_OFF' : 'GOOGLE_REFUSED';
    default:
      return 'GOOGLE_REFUSED';
  }
}
