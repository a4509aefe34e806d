import type { Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { releaseFormat } from '../../shared/projects/release-format.ts';
import type { Context } from '../cli/context.ts';
import { errorKinds, Failure } from '../cli/errors.ts';
import { findServices } from '../deploy/services.ts';
import { checkCredentials } from '../doctor/check-credentials.ts';
import { checkFiles } from '../doctor/check-files.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Reader } from '../project-files.ts';

/**
 * Checks all that lies on this machine, as `drover doctor --offline` does, and asks nobody. Answers how many remarks there are that
 * keep nothing from being published.
 *
 * @throws Failure with everything that is wrong.
 */
export async function requireGoodFiles(directory: string, reader: Reader): Promise<number> {
  const { findings } = await checkFiles(directory, reader);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return findings.filter(({ code }) => code === 'PROJECT_FILES_NOTE').length;
  const code = isErrorCode(first.code) ? first.code : 'WRONG_PROJECT_FILES';
  throw new Failure(code, `${directory} cannot be published as it is. Nothing was changed.`, {
    details: errors.map(({ subject, what }) => `${subject}: ${what}`),
  });
}

function isErrorCode(code: Finding['code']): code is keyof typeof errorKinds {
  return Object.hasOwn(errorKinds, code);
}

/** @throws Failure `CREDENTIALS_NOT_THERE` where Secret Manager lacks what the project needs, or may not give it. */
export async function requireCredentials(
  context: Context,
  secrets: Ports['secrets'],
  project: Project,
): Promise<void> {
  const missing = await missingCredentials(context, secrets, project);
  if (missing.length === 0) return;
  throw new Failure(
    'CREDENTIALS_NOT_THERE',
    `Secret Manager lacks ${missing.length === 1 ? 'a credential' : `${missing.length} credentials`} that the project needs. Nothing was changed.`,
    { details: missing },
  );
}

/** What Secret Manager lacks of what a project needs, each as a line. */
export async function missingCredentials(
  { google, deployment, directory }: Context,
  secrets: Ports['secrets'],
  project: Project,
): Promise<string[]> {
  const googleProject = deployment.project;
  const asked = { google, secrets, googleProject, project, directory };
  const findings = await checkCredentials(asked);
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ subject, what }) => `${subject}: ${what}`);
}

/**
 * Refuses to publish to functions that would read the release wrongly. Where none is deployed yet, none can.
 *
 * @throws Failure `FUNCTIONS_TOO_OLD`
 */
export async function requireFunctions({ google, deployment }: Context): Promise<void> {
  const services = [...(await findServices(google, deployment)).values()];
  const old = services.filter(({ format }) => format === undefined || format < releaseFormat);
  if (old.length === 0) return;
  const names = old.map(({ name }) => name).join(', ');
  throw new Failure(
    'FUNCTIONS_TOO_OLD',
    `The functions of an older Drover would read this release wrongly: ${names}. Nothing was changed.`,
  );
}
