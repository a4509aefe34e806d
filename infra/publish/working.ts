import { systemRandom } from '../../shared/cloud/random.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import type { Working } from '../provision/provision.ts';
import { restDocuments } from '../rest/documents.ts';
import { restSecrets } from '../rest/secrets.ts';

/** What publishing and going back need beside what is found out of the project. */
export interface PublishWorking extends Working {
  isDryRun: boolean;
  /** Why: it is recorded beside who. */
  why: string;
  /** Asks whether to go on; throws where not. */
  agree(question: string): Promise<void>;
  /** Firestore and Secret Manager of the project. Default: by their REST APIs, as the user that gcloud is signed in as. */
  ports?: Pick<Ports, 'documents' | 'secrets'>;
}

/** The ports that a release is published through. */
export function portsOf(
  { google, deployment: { project } }: Context,
  { ports, clock }: Pick<PublishWorking, 'ports' | 'clock'>,
): Pick<Ports, 'documents' | 'secrets' | 'clock' | 'random'> {
  const { documents, secrets } = ports ?? {
    documents: restDocuments(google, project),
    secrets: restSecrets(google, project),
  };
  return { documents, secrets, clock, random: systemRandom };
}

/** Whoever publishes, as `audit` names them. */
export function actorOf(
  { account }: Pick<Context, 'account'>,
  why: string,
): { who: string; why: string } {
  return { who: account ?? 'an account without a name', why };
}

/** @throws Failure where nothing can be asked of Google, so that what it is compared with is not known. */
export function requireOnline({ isOffline }: Pick<Context, 'isOffline'>): void {
  if (!isOffline) return;
  throw new Failure('NOT_SIGNED_IN', 'What is published is not known: Google could not be asked.');
}
