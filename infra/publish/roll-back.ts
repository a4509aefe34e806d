import type { Ports } from '../../shared/ports/index.ts';
import { type Difference, differenceOf } from '../../shared/projects/difference.ts';
import type { Published, Release } from '../../shared/projects/release.ts';
import { contentsOf, readableRelease } from '../../shared/projects/release-format.ts';
import { findWayBack, rollBack, type Way } from '../../shared/projects/roll-back.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { currentOf, releaseCommand } from '../deploy/release-step.ts';
import { agentIdentitiesOf } from '../deployment/agents.ts';
import { missingCredentials } from './check-before.ts';
import { linesOf, summaryOf } from './difference-lines.ts';
import { lostImages } from './lost-images.ts';
import { mayNeedIdentities, placeIdentities } from './place-identities.ts';
import { lastMove, movedOr, told } from './refusals.ts';
import { actorOf, type PublishWorking, portsOf, requireOnline } from './working.ts';

/** What came of going back, or would. */
export interface RolledBack {
  release: string;
  /** What was current before. */
  base: string;
  /** Null: it is current already, or what is current cannot be read by this Drover. */
  difference: Difference | null;
  /** False: it is current already. */
  isChange: boolean;
}

/**
 * Makes an earlier release current: by default the one that was before the current one, and with each further call the one before
 * that. Its images must be there; its agents get their identities back.
 *
 * @param wanted Id of the release.
 * @throws Failure, GoogleRefusal
 */
export async function rollBackProject(
  context: Context,
  wanted: string | undefined,
  working: PublishWorking,
): Promise<RolledBack> {
  requireOnline(context);
  return told(() => rollingBack(context, wanted, working));
}

async function rollingBack(
  context: Context,
  wanted: string | undefined,
  working: PublishWorking,
): Promise<RolledBack> {
  const { deployment, print } = context;
  const { isDryRun, agree, why } = working;
  const ports = portsOf(context, working);
  // Where there is no database, this says so.
  await currentOf(ports);
  const way = await findWayBack(ports, wanted);
  if (!way.ok) {
    if (way.reason !== 'is_current') throw noWay(way);
    return { release: way.release, base: way.release, difference: null, isChange: false };
  }
  const { current, target } = way;
  const project = contentsOf(target.release);
  const placed = { ...context, deployment: { ...deployment, agents: agentIdentitiesOf(project) } };
  const [missing, before] = await Promise.all([
    missingCredentials(context, ports.secrets, project),
    readableNow(ports, current.release),
    requireImages(context, target),
  ]);
  const difference = before && differenceOf(contentsOf(before), project);
  print({
    kind: 'line',
    text: `from ${lastMove(current)}`,
    data: { base: current.release, moved: current.moved ?? null },
  });
  print({ kind: 'line', text: `back to ${saidOf(target)}`, data: { release: target.id } });
  if (difference === null) {
    const text =
      'no difference is shown: what is current was made by a Drover that is newer than this one';
    print({ kind: 'note', text });
  } else {
    for (const { text, data } of linesOf(difference)) print({ kind: 'line', text, data });
  }
  for (const text of missing) print({ kind: 'note', text });
  const result = { release: target.id, base: current.release, difference, isChange: true };
  const needsIdentities = difference === null || mayNeedIdentities(difference);
  if (isDryRun) {
    if (needsIdentities) await placeIdentities(placed, ports.documents, working);
    print({ kind: 'command', title: 'release', command: releaseCommand(deployment.project) });
    return result;
  }
  const how = difference === null ? '' : `: ${summaryOf(difference)}`;
  await agree(`Go back to ${target.id} in ${deployment.project}${how}?`);
  if (needsIdentities) await placeIdentities(placed, ports.documents, working);
  // Images of a release that is not current may be pruned while a person is asked.
  await requireImages(context, target);
  working.signal?.throwIfAborted();
  const by = actorOf(context, why);
  const { changed } = movedOr(await rollBack(ports, target, { by, base: current.release }));
  return { ...result, isChange: changed };
}

/** @throws Failure `RELEASE_IMAGE_GONE` */
async function requireImages(
  { google, deployment }: Context,
  { id, release }: Published,
): Promise<void> {
  const lost = await lostImages(google, deployment, contentsOf(release));
  if (lost.length === 0) return;
  throw new Failure(
    'RELEASE_IMAGE_GONE',
    `Release ${id} needs ${lost.length === 1 ? 'an image that is' : `${lost.length} images that are`} not in the repository any more. Nothing was changed.`,
    { details: lost.map(({ image, agents }) => `${image} of ${agents.join(', ')}`) },
  );
}

function saidOf({ id, release: { publishedAt, publishedBy } }: Published): string {
  return `release ${id}, published first at ${publishedAt}${publishedBy ? ` by ${publishedBy}` : ''}`;
}

/** What is current, where this Drover can read it. What it cannot read is what one may want to get away from. */
async function readableNow(
  { documents }: Pick<Ports, 'documents'>,
  id: string,
): Promise<Release | null> {
  const found = await documents.get(`releases/${id}`);
  return (found && readableRelease(id, found.data)) ?? null;
}

function noWay(way: Extract<Way, { ok: false }>): Failure {
  if (way.reason === 'no_such_release') {
    return new Failure('RELEASE_NOT_FOUND', `There is no release ${way.release}.`);
  }
  return new Failure(
    'NOTHING_TO_ROLL_BACK',
    way.reason === 'nothing_published'
      ? 'No project is published yet.'
      : 'There is no release that was current before this one.',
    { todo: 'Name one of `drover releases ls`: `drover publish --rollback <release>`.' },
  );
}
