import { currentOf } from '../../deploy/release-step.ts';
import { told } from '../../publish/refusals.ts';
import { releaseFacts, releaseTable } from '../../publish/release-lines.ts';
import { getRelease, listReleases, mostReleases } from '../../publish/releases.ts';
import { restDocuments } from '../../rest/documents.ts';
import { countOf, widthFor } from '../../steer/command.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import type { CommonOptions } from '../session.ts';

const rights = "It asks Firestore with your rights, and none of Drover's functions.";

interface ListOptions extends CommonOptions {
  limit?: string;
}

/** Releases that are shown where nobody says how many. */
const usualCount = '20';

export const releasesLs: CliCommand = {
  name: 'releases ls',
  summary: 'List the versions of the project that were published, the newest first',
  about: rights,
  without: ['yes', 'dryRun'],
  define: (command) => {
    command.option('--limit <n>', `how many, at most ${mostReleases}`, usualCount);
  },
  act: async (session, options) => {
    const { limit = usualCount }: ListOptions = options;
    const count = countOf('--limit', limit, mostReleases);
    const { google, deployment } = await findContext(session, options, 'nothing');
    const documents = restDocuments(google, deployment.project);
    const releases = await told(async () => {
      await currentOf({ documents });
      return listReleases(documents, count);
    });
    return {
      lines: releaseTable(releases, widthFor(session), session.shell.now()),
      data: { releases },
      next:
        releases.length === 0
          ? '`drover publish` publishes the project.'
          : '`drover releases get <release>` shows one, `drover publish --rollback <release>` goes back to one.',
    };
  },
};

interface GetOptions extends CommonOptions {
  release?: string;
}

export const releasesGet: CliCommand = {
  name: 'releases get',
  summary: 'Show one version of the project: its agents, what starts them, what they run',
  about: `Without its id, the current one. ${rights} With --json it is shown whole.`,
  without: ['yes', 'dryRun'],
  define: (command) => {
    command.argument('[release]', 'its id, as `drover releases ls` has it');
  },
  act: async (session, options) => {
    const { release: wanted }: GetOptions = options;
    const { google, deployment } = await findContext(session, options, 'nothing');
    const documents = restDocuments(google, deployment.project);
    const found = await told(async () => {
      await currentOf({ documents });
      return getRelease(documents, wanted);
    });
    const { id, release, current } = found;
    return {
      lines: releaseFacts(found, widthFor(session), session.shell.now()),
      data: { id, isCurrent: id === current?.release, release },
    };
  },
};
