import type { Documents } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import type { Context } from '../cli/context.ts';
import { carryOut, reportingTo } from '../deploy/carry-out.ts';
import type { Step } from '../deploy/step.ts';
import type { Command } from '../deployment/kind.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';
import { locked, type Working } from '../provision/provision.ts';
import { restDocuments } from '../rest/documents.ts';
import type { Image } from './find-images.ts';
import type { Judged } from './judge-images.ts';
import { type SurveyOptions, surveyImages } from './survey.ts';

export interface PruneOptions extends Working, SurveyOptions {
  isDryRun: boolean;
}

export interface Pruned {
  /** What was removed, or would be. */
  removed: Image[];
  /** How many images stay. */
  kept: number;
  /** Releases that nobody can go back to without building their images again, by id. */
  lost: string[];
}

/** Each asks Google four times, one after the other. */
const lanes = 3;

/**
 * Removes the images that nothing needs. A person is asked first where releases lose theirs. Who deploys or publishes is kept out
 * meanwhile, and what somebody has come to need until then stays.
 *
 * @throws Failure, GoogleRefusal
 */
export async function pruneImages(context: Context, options: PruneOptions): Promise<Pruned> {
  const { google, print } = context;
  const { clock, signal, isDryRun } = options;
  const documents = options.documents ?? restDocuments(google, context.deployment.project);
  const look = async (): Promise<Judged[]> => (await surveyImages(context, options)).judged;
  const judged = await look();
  const unneeded = judged.filter(isUnneeded);
  const pruned = {
    removed: unneeded.map(({ image }) => image),
    kept: judged.length - unneeded.length,
    lost: [...new Set(unneeded.flatMap(({ lost }) => lost))],
  };
  if (isDryRun) {
    for (const { title, commands } of unneeded.map((each) => removal(google, each, {}))) {
      for (const command of commands) print({ kind: 'command', title, command });
    }
  }
  if (isDryRun || unneeded.length === 0) return pruned;
  if (pruned.lost.length > 0) await context.confirm(warning(pruned));
  const removed: Image[] = [];
  await locked(context, options, async (lock) => {
    const still = (await look()).filter(isUnneeded);
    const doomed = still.filter(({ image }) => pruned.removed.some(({ uri }) => uri === image.uri));
    const steps = doomed.map((each) =>
      removal(google, each, {
        isNeeded: () => isCurrentAgain(documents, each),
        onDone: () => removed.push(each.image),
      }),
    );
    await carryOut(google, [{ steps, lanes }], {
      clock,
      signal,
      before: () => lock.renew(),
      ...reportingTo(context),
    });
  });
  return { ...pruned, removed, kept: judged.length - removed.length };
}

function isUnneeded({ kept }: Judged): boolean {
  return kept.length === 0;
}

function warning({ removed, lost }: Pick<Pruned, 'removed' | 'lost'>): string {
  const images = `${removed.length} ${removed.length === 1 ? 'image is' : 'images are'} removed`;
  const releases = lost.length === 1 ? 'a release' : `${lost.length} releases`;
  return `${images}, without which nobody can go back to ${releases}: ${lost.join(', ')}.`;
}

/** Whether somebody has gone back to a release that names it: that waits for no lock. */
async function isCurrentAgain({ get }: Pick<Documents, 'get'>, { lost }: Judged): Promise<boolean> {
  if (lost.length === 0) return false;
  const current = await get<Current>(currentPath);
  return current !== undefined && lost.includes(current.data.release);
}

interface Removing {
  /** Asked at the last moment. */
  isNeeded?: () => Promise<boolean>;
  onDone?: () => void;
}

/** Removes an image with its tags. One that is gone already is as good. */
function removal(google: Google, { image }: Judged, { isNeeded, onDone }: Removing): Step {
  const { name, tags, uri } = image;
  const command: Command = {
    tool: 'gcloud',
    args: ['artifacts', 'docker', 'images', 'delete', uri, '--delete-tags'],
  };
  return {
    title: `remove ${name}:${tags.join(',')}`,
    why: 'Nothing needs it.',
    commands: [command],
    run: async () => {
      if (await isNeeded?.()) return 'it stays: the current release names it';
      try {
        await execute(google, command);
      } catch (error) {
        if (!isRefusal(error, 'not_found')) throw error;
      }
      onDone?.();
      return undefined;
    },
  };
}
