import type { Clock, Random } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { type CredsPorts, credsPorts } from '../creds/push.ts';
import { asTold } from '../deploy/carry-out.ts';
import { textAt } from '../deployment/kinds/found.ts';
import { type Inventory, inventory } from '../provision/inventory.ts';
import { checkBilling } from '../provision/preflight.ts';
import { subjectOf } from '../provision/subject.ts';
import type { Upload } from '../upload/stage.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkDelivery, type Post } from './check-delivery.ts';
import { checkDeployed, checkTick } from './check-deployed.ts';
import { checkResources } from './check-resources.ts';
import { type Finding, findingOf } from './finding.ts';

export interface DoctorOptions {
  clock: Clock;
  random: Random;
  /** What would be uploaded for the functions; undefined: they are not compiled here, and their versions are not compared. */
  upload: Pick<Upload, 'directory' | 'digest'> | undefined;
  /** Sends the test delivery; undefined: none is sent. */
  post: Post | undefined;
  /** Whether all who need an identity are known: the files of the project and the current release could be read. */
  isWhole: boolean;
  /** Firestore and Secret Manager of the project. Default: by their REST APIs, as the user that gcloud is signed in as. */
  ports?: CredsPorts;
}

/** Asks Google how a deployment is, and answers with what is to be mended. It changes nothing but for the test delivery's document. */
export async function doctor(context: Context, options: DoctorOptions): Promise<Finding[]> {
  const { google, deployment, project, directory, print, signal } = context;
  const { clock, random, upload, post, isWhole } = options;
  const ports = options.ports ?? credsPorts(context);
  const findings: Finding[] = [];
  /** One check. What keeps it from being made is a finding, and no reason to leave out the others. */
  const check = async (title: string, look: () => Promise<Finding[]>): Promise<void> => {
    signal.throwIfAborted();
    print({ kind: 'step', title, state: 'begun' });
    const found = await look().catch((error: unknown) => [findingOf(asTold(error), title)]);
    findings.push(...found);
    const note = found.length === 0 ? {} : { note: `${found.length} to look at` };
    print({ kind: 'step', title, state: 'done', ...note });
  };

  await check('billing', async () => {
    await checkBilling(google, deployment.project);
    return [];
  });
  let there: Inventory | undefined;
  await check('resources and grants', async () => {
    const subject = subjectOf(deployment);
    there = await inventory(google, subject);
    const found = [...checkResources(subject, there), ...checkTick(there, deployment, clock)];
    return isWhole ? found : found.filter(({ code }) => code !== 'NOT_NEEDED');
  });
  if (!there?.found.has('database/(default)')) return findings;
  await check('versions and release', () =>
    checkDeployed(context, { clock, ports, upload: project ? upload : undefined }),
  );
  if (project) {
    const googleProject = deployment.project;
    await check('credentials', () =>
      checkCredentials({ google, secrets: ports.secrets, googleProject, project, directory }),
    );
  }
  const webhook = there.found.get('function/drover-webhook');
  if (post && webhook && textAt(webhook, 'state') !== 'FAILED') {
    await check('a signed test delivery', () =>
      checkDelivery({ ports, clock, random, place: deployment, post }),
    );
  }
  return once(findings);
}

/** Without what an error says better: of the same subject, and of the same values. */
function once(findings: readonly Finding[]): Finding[] {
  const isKnown = new Set<string>();
  const failing = new Set(
    findings.filter(({ severity }) => severity === 'error').map(({ subject }) => subject),
  );
  return findings.filter(({ code, subject, severity }) => {
    const name = `${code} ${subject}`;
    if (isKnown.has(name)) return false;
    isKnown.add(name);
    return severity === 'error' || !failing.has(subject);
  });
}

/** Longest time that a function may take to answer, its start among it, in ms. */
const patienceMs = 30_000;

/** Sends over the network. */
export const postOverNetwork: Post = async (url, { headers, body }) => {
  const signal = AbortSignal.timeout(patienceMs);
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  return { status: response.status, text: await response.text() };
};
