import type { Candidate } from './candidates.ts';
import type { WebhookRequest } from './provider.ts';
import type { SigningSecrets } from './signing-secrets.ts';

/** Whose a request is. */
export interface Authenticated {
  /** The sources that it is for, in the order of the candidates. */
  sources: readonly [Candidate, ...Candidate[]];
  /** Whether a signature vouched for it. */
  isSigned: boolean;
}

/**
 * The sources that a request is for: those with a secret that signed it, whichever of theirs it is; where nobody's did, those
 * that take it without. A source that allows unsigned requests takes one that carries no signature, and one whose signature
 * cannot be checked because none of its secrets is stored; a wrong signature is never taken. Undefined when there is no source.
 *
 * @param now Ms since the epoch.
 */
export async function authenticate(
  secrets: SigningSecrets,
  candidates: readonly Candidate[],
  request: WebhookRequest,
  now: number,
): Promise<Authenticated | undefined> {
  const verdicts = await Promise.all(
    candidates.map((candidate) => verdictOf(secrets, candidate, request, now)),
  );
  const isSigned = verdicts.includes('signed');
  const wanted = isSigned ? 'signed' : 'unsigned';
  const [first, ...others] = candidates.filter((_, index) => verdicts[index] === wanted);
  return first && { sources: [first, ...others], isSigned };
}

type Verdict = 'signed' | 'unsigned' | 'refused';

async function verdictOf(
  secrets: SigningSecrets,
  { source, provider }: Candidate,
  request: WebhookRequest,
  now: number,
): Promise<Verdict> {
  const { secret } = provider;
  if (secret === null) return 'unsigned';
  if (!provider.isSigned(request, source)) return source.allowUnsigned ? 'unsigned' : 'refused';
  const checks = await Promise.all(
    source.secrets.map((instance) =>
      secrets.check({ type: secret.type, instance }, secret.field, (value) =>
        provider.verify(request, value, source, now),
      ),
    ),
  );
  if (checks.includes('right')) return 'signed';
  const isUncheckable = checks.every((check) => check === 'missing');
  return isUncheckable && source.allowUnsigned ? 'unsigned' : 'refused';
}
