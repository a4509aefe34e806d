import { InvalidArgumentError, Option } from 'commander';
import { buildImages } from '../../images/build-images.ts';
import { imageColumns, imageData, megabytes } from '../../images/image-table.ts';
import { newestKept } from '../../images/judge-images.ts';
import { pruneImages } from '../../images/prune.ts';
import { surveyImages } from '../../images/survey.ts';
import { widthFor } from '../../steer/command.ts';
import { table } from '../../steer/table.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import { requireProvisioned } from '../require-provisioned.ts';
import type { CommonOptions } from '../session.ts';
import { tellingGoogle } from '../telling.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface BuildOptions extends CommonOptions {
  agents?: string[];
}

const build: CliCommand = {
  name: 'images build',
  summary: 'Build the images that agents need and that are not built yet',
  about:
    'Each is built by Cloud Build from the agent image, the Dockerfiles of the project and of the agent, and the files in static/ and shared/; its log is shown as it comes. What was built from the same files is not built again. Nothing is published.',
  without: ['yes'],
  define: (command) => {
    command.argument('[agents...]', 'agents whose images are built (default: all)');
  },
  act: async (session, options) => {
    const { agents = [], dryRun: isDryRun = false }: BuildOptions = options;
    const context = await findContext(session, options, 'agents');
    const { google, deployment, isOffline } = context;
    if (!isOffline) await requireProvisioned(google, deployment);
    const images = await buildImages(context, { ...workingOf(session), isDryRun, agents });
    const made = images.filter(({ wasThere }) => !wasThere).length;
    const would = isDryRun ? 'would be ' : '';
    return {
      lines: [
        images.length === 0
          ? 'no agent needs an image that is built here'
          : made === 0
            ? `${images.length === 1 ? 'the image is' : `all ${images.length} images are`} built already`
            : `${counted(made)} ${would}built; ${images.length - made} were built already`,
      ],
      data: { images, built: made, dryRun: isDryRun },
      next: isDryRun
        ? '`drover images build` does it.'
        : '`drover publish`, which has new runs take them.',
    };
  },
};

const ls: CliCommand = {
  name: 'images ls',
  summary: 'List the images in the repository, and who needs each',
  about:
    'It reads Artifact Registry, every release and every run that is not over with your rights, and none of the functions. Images that the files in this directory need and that are not built stand at the end.',
  without: ['yes'],
  act: async (session, options) => {
    const context = await findContext(session, options, 'nothing');
    if (options.dryRun) {
      const google = tellingGoogle(context.print, 'ask which images there are');
      await surveyImages({ ...context, google });
      return { next: '`drover images ls`.' };
    }
    const { judged, missing } = await surveyImages(context);
    const rows = [...judged, ...missing];
    const unneeded = judged.filter(({ kept }) => kept.length === 0);
    return {
      lines:
        rows.length === 0
          ? ['there are no images']
          : table(rows, imageColumns(session.shell.now()), widthFor(session)),
      data: imageData(judged, missing),
      next:
        missing.length > 0
          ? '`drover images build` builds what is missing.'
          : unneeded.length > 0
            ? `\`drover images prune\` removes the ${unneeded.length} that nothing needs.`
            : '`drover publish`, when the project has changed.',
    };
  },
};

/** Its own options, as commander reads them. */
interface PruneOptions extends CommonOptions {
  keep?: number;
  releases?: number;
}

const prune: CliCommand = {
  name: 'images prune',
  summary: 'Remove the images that nothing needs',
  about:
    'An image stays that a release names, that a run which is not over needs, that the files in this directory need, or that is one of the newest of its name. What Drover did not build stays as well, and the images of functions.',
  define: (command) => {
    command
      .addOption(
        new Option(
          '--keep <count>',
          `newest of each name that stay (default: ${newestKept})`,
        ).argParser((text) => readCount(text, 0)),
      )
      .addOption(
        new Option(
          '--releases <count>',
          'how many of the newest releases keep their images; there is no going back to others (default: all)',
        ).argParser((text) => readCount(text, 1)),
      );
  },
  act: async (session, options) => {
    const { keep: newest, releases, dryRun: isDryRun = false }: PruneOptions = options;
    const context = await findContext(session, options, 'nothing');
    if (context.isOffline) {
      await surveyImages({
        ...context,
        google: tellingGoogle(context.print, 'ask which images there are'),
      });
      return {
        next: '`drover images prune --dry-run`, signed in: what would be removed depends on what is there.',
      };
    }
    const working = { ...workingOf(session), isDryRun };
    const { removed, kept, lost } = await pruneImages(context, { ...working, newest, releases });
    const bytes = removed.reduce((sum, image) => sum + image.bytes, 0);
    const would = isDryRun ? 'would be ' : '';
    return {
      lines: [
        removed.length === 0
          ? `nothing to remove: each of ${counted(kept)} is needed`
          : `${counted(removed.length)} of up to ${megabytes(bytes)} ${would}removed; ${kept} stay`,
        ...(lost.length > 0 ? [`no going back any more to ${lost.join(', ')}`] : []),
      ],
      data: {
        removed: removed.map(({ uri, tags, bytes: size }) => ({ image: uri, tags, bytes: size })),
        kept,
        lostReleases: lost,
        dryRun: isDryRun,
      },
      next:
        isDryRun && removed.length > 0 ? '`drover images prune` does it.' : '`drover images ls`.',
    };
  },
};

/** The commands of the group `images`. */
export const images: readonly CliCommand[] = [build, ls, prune];

function counted(count: number): string {
  return `${count} ${count === 1 ? 'image' : 'images'}`;
}

function readCount(text: string, least: number): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (count >= least) return count;
  throw new InvalidArgumentError(`It is no whole number from ${least} on.`);
}
