import type { Ports } from '../../shared/ports/index.ts';
import { type Difference, differenceOf, isNothing } from '../../shared/projects/difference.ts';
import type { Moved } from '../../shared/projects/move-pointer.ts';
import type { Project } from '../../shared/projects/project.ts';
import { publishOver } from '../../shared/projects/publish.ts';
import type { Current, Release } from '../../shared/projects/release.ts';
import { contentsOf, readRelease, releaseId } from '../../shared/projects/release-format.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { requireProvisioned } from '../cli/require-provisioned.ts';
import { type Digests, findDigests, imageSteps, withImages } from '../deploy/image-steps.ts';
import { type Recipe, recipesOf } from '../deploy/recipe.ts';
import { currentOf, releaseCommand } from '../deploy/release-step.ts';
import { scratchIn, withBuiltImages } from '../images/with-built-images.ts';
import { requireCredentials, requireFunctions } from './check-before.ts';
import { linesOf, summaryOf } from './difference-lines.ts';
import { droverVersion } from './drover-version.ts';
import { mayNeedIdentities, placeIdentities } from './place-identities.ts';
import { lastMove, movedOr, told } from './refusals.ts';
import { actorOf, type PublishWorking, portsOf, requireOnline } from './working.ts';

/** What came of publishing, or would. */
export interface PublishedProject {
  /** Its id; null in a dry run that would build images first. */
  release: string | null;
  /** What was current before; null: nothing. */
  base: string | null;
  difference: Difference;
  /** Titles of the images that were built, or would be. */
  built: string[];
  /** Whether the pointer was moved, or would be. */
  isChange: boolean;
}

/**
 * Publishes the project of a context: checks that what it needs is there, shows what would be otherwise, has a person agree, builds
 * the images that are missing, gives new agents their identities, and writes the release and the pointer to it in one commit. Before
 * that commit, nothing that runs has changed; after it, new runs follow the release, and those that have begun keep theirs.
 *
 * @throws Failure, GoogleRefusal
 */
export async function publishProject(
  context: Context,
  working: PublishWorking,
): Promise<PublishedProject> {
  requireOnline(context);
  return told(() => publishing(context, working));
}

async function publishing(context: Context, working: PublishWorking): Promise<PublishedProject> {
  const { google, deployment, directory, print } = context;
  const { isDryRun, agree, why, signal } = working;
  const project = projectOf(context);
  const ports = portsOf(context, working);
  await requireProvisioned(google, deployment);
  const current = await currentOf(ports);
  const base = current?.data ?? null;
  const [before] = await Promise.all([
    releaseOf(ports, base),
    requireCredentials(context, ports.secrets, project),
    requireFunctions(context),
  ]);
  const recipes = recipesOf(deployment, project, directory);
  const digests = await findDigests(google, deployment, recipes);
  const planned = plannedImages(project, recipes, digests);
  const scratch = scratchIn(directory);
  const builds = imageSteps(google, deployment, recipes, { digests, scratch });
  const difference = differenceOf(before && contentsOf(before), planned);
  const id = builds.length === 0 ? releaseId(planned) : null;
  const plan = {
    release: id,
    base: base?.release ?? null,
    difference,
    built: builds.map(({ title }) => title),
    isChange: id === null || id !== base?.release,
  };
  show(context, base, difference);
  if (!plan.isChange) return plan;
  const needsIdentities = mayNeedIdentities(difference);
  if (isDryRun) {
    for (const { title, commands } of builds) {
      for (const command of commands) print({ kind: 'command', title, command });
    }
    if (needsIdentities) await placeIdentities(context, ports.documents, working);
    print({ kind: 'command', title: 'release', command: releaseCommand(deployment.project) });
    return plan;
  }
  await agree(`Publish this to ${deployment.project}: ${summaryOf(difference)}?`);
  if (needsIdentities) await placeIdentities(context, ports.documents, working);
  const commit = (built: Digests): Promise<Moved> => {
    const whole = withImages(project, recipes, built);
    if (!whole) throw new Error('an image was built and has no digest');
    signal?.throwIfAborted();
    return publishOver(ports, whole, {
      by: actorOf(context, why),
      base: plan.base,
      drover: droverVersion(),
    });
  };
  // What a release names is removed by nobody; of another image that is known only while nobody else can remove it.
  const named = new Set(Object.values(before?.agents ?? {}).map(({ image }) => image));
  const isSettled = Object.values(planned.agents).every(({ image }) => named.has(image));
  const published = isSettled
    ? await commit(digests)
    : await withBuiltImages(context, working, recipes, commit);
  const { release, changed } = movedOr(published);
  return { ...plan, release, isChange: changed };
}

/** The release that a pointer points at. One that is gone is as good as none: it is replaced. */
async function releaseOf(
  { documents }: Pick<Ports, 'documents'>,
  current: Current | null,
): Promise<Release | undefined> {
  if (current === null) return undefined;
  const found = await documents.get(`releases/${current.release}`);
  return found && readRelease(current.release, found.data);
}

/** The project with each image by its digest, or by its tag where it is not built yet. */
function plannedImages(
  project: Project,
  recipes: readonly Recipe[],
  digests: ReadonlyMap<string, string>,
): Project {
  const whole = withImages(project, recipes, new Map(digests));
  if (whole) return whole;
  const agents = { ...project.agents };
  for (const { agents: names, image, tag } of recipes) {
    const digest = digests.get(`${image}:${tag}`);
    for (const name of names) {
      const agent = agents[name];
      const planned = digest === undefined ? `${image}:${tag} (to be built)` : `${image}@${digest}`;
      if (agent) agents[name] = { ...agent, image: planned };
    }
  }
  return { ...project, agents };
}

/** Says what would be otherwise, and than what. */
function show({ print }: Context, base: Current | null, difference: Difference): void {
  const than = base ? lastMove(base) : 'nothing: no project is published yet';
  print({
    kind: 'line',
    text: `compared with ${than}`,
    data: { base: base?.release ?? null, moved: base?.moved ?? null },
  });
  for (const { text, data } of linesOf(difference)) print({ kind: 'line', text, data });
  if (isNothing(difference)) print({ kind: 'line', text: 'no difference', data: {} });
}

function projectOf({ project, directory }: Context): Project {
  if (project) return project;
  throw new Failure('WRONG_PROJECT_FILES', `${directory} has no project that could be published.`);
}
