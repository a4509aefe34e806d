import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import type { Deployment } from '../deployment/resource.ts';
import { carryOut } from './carry-out.ts';
import { inventory } from './inventory.ts';
import { countOf, type Subject, wordFor } from './kinds.ts';
import { leftovers } from './leftovers.ts';
import type { Plan, Step } from './plan.ts';
import { locked, reporting, showPlan, type Working } from './provision.ts';
import { type TeardownOptions, teardownPlan } from './teardown-plan.ts';

/** Looks after which it is given up. Whatever runs goes on making things until its functions are gone. */
const mostLooks = 3;

/**
 * Removes everything of ours, the runs that are under way among it. Services stay enabled. What was removed stays removed when it is
 * interrupted: the next call goes on from there. Answers how many steps there were.
 *
 * @throws Failure `NOT_CONFIRMED` when nobody agrees, `NOT_SETTLED` when something of ours is there after all; GoogleRefusal
 */
export async function teardown(
  told: Pick<Context, 'google' | 'print' | 'confirm'>,
  subject: Subject,
  { isDryRun, keepData, ...working }: Working & TeardownOptions & { isDryRun: boolean },
): Promise<{ steps: number }> {
  const { google, confirm } = told;
  const plan = async () => {
    const [there, left] = await Promise.all([
      inventory(google, subject),
      leftovers(google, subject.deployment),
    ]);
    return teardownPlan(subject, there, left, { keepData });
  };
  let next = await plan();
  const steps = next.steps.length;
  if (isDryRun) {
    showPlan(told, next);
    return { steps };
  }
  if (steps === 0) return { steps };
  await confirm(questionOf(next, subject.deployment.project, keepData));
  await locked(told, working, async (lock) => {
    for (let looks = 1; next.steps.length > 0; looks += 1) {
      if (looks > mostLooks) throw stillThere(next);
      await carryOut(google, next, { ...reporting(told, working), before: () => lock.renew() });
      next = await plan();
    }
  });
  return { steps };
}

/** What a person is to agree to: how many of what go, and whether what nobody can make again is among it. */
export function questionOf({ steps }: Plan, project: string, keepData: boolean): string {
  const counts = new Map<string, number>();
  for (const { resource } of steps) {
    const word = wordOf(resource.kind);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const list = [...counts].map(([word, count]) => countOf(word, count)).join(', ');
  const are = steps.length === 1 ? 'resource is' : 'resources are';
  const data = keepData ? 'Runs, credentials and keys stay' : 'All runs, credentials and keys go';
  return `${steps.length} ${are} removed from ${project}: ${list}. ${data}.`;
}

/** Jobs and secrets are no part of the list. */
function wordOf(kind: Step['resource']['kind']): string {
  return kind === 'job' || kind === 'secret' ? kind : wordFor[kind];
}

function stillThere({ steps }: Plan): Failure {
  return new Failure(
    'NOT_SETTLED',
    `${steps.length === 1 ? 'Something' : `${steps.length} things`} of Drover came back, or would not go.`,
    { details: steps.map(({ title }) => title) },
  );
}

/**
 * Buckets that Google makes by itself when functions and images are built, and that stay (Cloud Run functions docs, "Build process
 * overview"; Cloud Build docs, "Submit a build"). Others of the project may have things there.
 */
export function bucketsOfGoogle({
  project,
  projectNumber,
  region,
}: Pick<Deployment, 'project' | 'projectNumber' | 'region'>): string[] {
  return [
    `gcf-v2-sources-${projectNumber}-${region}`,
    `gcf-v2-uploads-${projectNumber}.${region}.cloudfunctions.appspot.com`,
    `${project}_cloudbuild`,
  ].map((bucket) => `gs://${bucket}`);
}
