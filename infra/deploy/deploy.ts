import { systemRandom } from '../../shared/cloud/random.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { type CredsPorts, credsPorts } from '../creds/push.ts';
import { resourcesOf } from '../deployment/list.ts';
import type { Fn, Resource } from '../deployment/resource.ts';
import { scratchIn } from '../images/with-built-images.ts';
import { locked, type Working } from '../provision/provision.ts';
import { droverVersion } from '../publish/drover-version.ts';
import { actorOf } from '../publish/working.ts';
import type { Upload } from '../upload/stage.ts';
import { asTold, carryOut, reportingTo } from './carry-out.ts';
import { credentialSteps } from './credential-steps.ts';
import { functionLanes, functionSteps, trafficNotes } from './function-steps.ts';
import { findDigests, imageLanes, imageSteps, withImages } from './image-steps.ts';
import { recipesOf } from './recipe.ts';
import { releaseStep } from './release-step.ts';
import { findServices } from './services.ts';
import type { Stage, Step } from './step.ts';

export interface DeployOptions extends Working {
  isDryRun: boolean;
  /** What is uploaded for the functions. */
  upload: Pick<Upload, 'directory' | 'digest'>;
  /**
   * Percentage of the traffic that a new version of `webhook` and `gateway` begins with, 1 to 99. Default: all.
   */
  share?: number | undefined;
  /** Firestore and Secret Manager of the project. Default: by their REST APIs, as the user that gcloud is signed in as. */
  ports?: CredsPorts;
}

/** What a deployment has to do, and what a person should know. */
export interface DeployPlan {
  stages: Stage[];
  notes: string[];
}

/** What came of it. */
export interface Deployed {
  /** Titles of the steps, in order. Empty: everything was there. */
  steps: string[];
  notes: string[];
}

/**
 * Puts the project into the place that was provisioned for it: credentials, images of agents, functions, and at last the release. It
 * does what is not done yet, so that a call after one that was interrupted goes on from there, and one that finds all done changes
 * nothing.
 *
 * @throws Failure, GoogleRefusal
 */
export async function deploy(context: Context, options: DeployOptions): Promise<Deployed> {
  const { google, print } = context;
  const { clock, signal, isDryRun, share } = options;
  if (share !== undefined && !(Number.isInteger(share) && share >= 1 && share <= 99)) {
    throw new Failure(
      'WRONG_COMMAND_LINE',
      `A share of the traffic is a whole number from 1 to 99, not ${share}.`,
    );
  }
  const first = await planned(context, options);
  for (const text of first.notes) print({ kind: 'note', text });
  const steps = first.stages.flatMap((stage) => stage.steps);
  const deployed = { steps: steps.map(({ title }) => title), notes: first.notes };
  if (isDryRun) show(context, steps);
  if (isDryRun || steps.length === 0) return deployed;
  await locked(context, options, async (lock) => {
    // Somebody else may have deployed until the lock was free.
    const { stages } = await planned(context, options);
    await carryOut(google, stages, {
      clock,
      signal,
      before: () => lock.renew(),
      ...reportingTo(context),
    });
  });
  return deployed;
}

async function planned(context: Context, options: DeployOptions): Promise<DeployPlan> {
  try {
    return await planDeploy(context, options);
  } catch (error) {
    throw asTold(error);
  }
}

/** Looks at what is there, and says what is to be done. Changes nothing. */
export async function planDeploy(
  context: Context,
  {
    upload,
    share,
    clock,
    ports: given,
  }: Pick<DeployOptions, 'upload' | 'share' | 'clock' | 'ports'>,
): Promise<DeployPlan> {
  const { google, deployment, directory, isOffline } = context;
  const project = projectOf(context);
  const googleProject = deployment.project;
  const cloud = isOffline ? null : (given ?? credsPorts(context));
  const ports = cloud && { ...cloud, clock, random: systemRandom };
  const recipes = recipesOf(deployment, project, directory);
  const digests = isOffline ? new Map() : await findDigests(google, deployment, recipes);
  const services = isOffline ? new Map() : await findServices(google, deployment);
  const credentials = await credentialSteps({ googleProject, project, directory, ports: cloud });
  const functions = functionSteps({
    deployment,
    functions: resourcesOf(deployment).filter(isFunction),
    services,
    upload,
    share,
  });
  const release = await releaseStep({
    googleProject,
    ports,
    by: actorOf(context, 'drover deploy'),
    drover: droverVersion(),
    project: () => withImages(project, recipes, digests),
  });
  const scratch = scratchIn(directory);
  const deploying = new Set(functions.map(({ title }) => title));
  const settled = [...services.values()].filter(({ name }) => !deploying.has(`function ${name}`));
  return {
    stages: [
      { steps: credentials.steps, lanes: 1 },
      { steps: imageSteps(google, deployment, recipes, { digests, scratch }), lanes: imageLanes },
      { steps: functions, lanes: functionLanes },
      { steps: release ? [release] : [], lanes: 1 },
    ],
    notes: [...credentials.notes, ...trafficNotes(settled)],
  };
}

function show({ print }: Context, steps: readonly Step[]): void {
  for (const { title, commands } of steps) {
    for (const command of commands) print({ kind: 'command', title, command });
  }
}

function projectOf({ project, directory }: Context) {
  if (project) return project;
  throw new Failure('WRONG_PROJECT_FILES', `${directory} has no project that could be deployed.`);
}

function isFunction(resource: Resource): resource is Fn {
  return resource.kind === 'function';
}
