import type { Context } from '../cli/context.ts';
import { afterDeploy, beforeDeploy } from '../cli/subjects.ts';
import { provision, type Working } from '../provision/provision.ts';
import type { Finding } from './finding.ts';

/** What kept `--fix` from doing anything; undefined: nothing does. */
export function unfixable(
  { project }: Pick<Context, 'project'>,
  findings: readonly Finding[],
): string | undefined {
  if (!project) {
    return 'nothing was mended: without the files of the project it is not known whose identities are needed';
  }
  return findings.some(({ code }) => code === 'CANNOT_CHANGE')
    ? 'nothing was mended: what cannot be changed must be decided first'
    : undefined;
}

/**
 * Does what is ours of what was found: makes, changes and removes resources, as `drover provision` and the end of
 * `drover deploy` do. Answers how many steps that were.
 *
 * @throws Failure, GoogleRefusal
 */
export async function fix(
  context: Pick<Context, 'google' | 'print' | 'isOffline' | 'deployment'>,
  findings: readonly Finding[],
  working: Working & { isDryRun: boolean; keepsOld?: boolean },
): Promise<number> {
  if (!findings.some(({ isFixable }) => isFixable)) return 0;
  const isDeployed = !findings.some(
    ({ code }) => code === 'FUNCTION_MISSING' || code === 'NOT_PROVISIONED',
  );
  const { deployment } = context;
  const subject = isDeployed ? afterDeploy(deployment, false) : beforeDeploy(deployment);
  const { steps } = await provision(context, subject, working);
  return steps;
}
