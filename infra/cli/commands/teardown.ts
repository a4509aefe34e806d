import { deployedFunctions, otherRegions } from '../../provision/deployed-functions.ts';
import { subjectOf } from '../../provision/subject.ts';
import { bucketsOfGoogle, teardown as removeAll } from '../../provision/teardown.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import type { CommonOptions } from '../session.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface TeardownOptions extends CommonOptions {
  keepData?: boolean;
}

export const teardown: CliCommand = {
  name: 'teardown',
  summary: 'Remove everything that Drover has in the Google Cloud project',
  about:
    'It shows how much that is, and has you type the id of the Google Cloud project. Runs that are under way are stopped. Services of Google stay enabled: others may use them.',
  define: (command) => {
    command.option('--keep-data', 'keep the database with its runs, and the credentials and keys');
  },
  act: async (session, options) => {
    const { keepData = false, dryRun: isDryRun = false }: TeardownOptions = options;
    const context = await findContext(session, options, 'nothing');
    const { deployment, isOffline } = context;
    if (isOffline) {
      throw new Failure(
        'NOT_SIGNED_IN',
        'What there is to remove is not known: Google could not be asked.',
      );
    }
    const elsewhere = otherRegions(await deployedFunctions(context.google, deployment), deployment);
    if (elsewhere.length > 0) {
      const text = `functions of Drover are in ${elsewhere.join(' and ')} too: they stay, and lose their identities${keepData ? '' : ' and the database'}`;
      context.print({ kind: 'note', text });
    }
    const working = { ...workingOf(session), isDryRun, keepData };
    const { steps } = await removeAll(context, subjectOf(deployment), working);
    const what = `${steps} ${steps === 1 ? 'resource' : 'resources'} of Drover in ${deployment.project}`;
    const buckets = bucketsOfGoogle(deployment);
    const rest = keepData ? ' but the data' : '';
    return {
      lines: [
        steps === 0
          ? `nothing of Drover is in ${deployment.project}${rest}`
          : `${isDryRun ? 'would remove' : 'removed'} ${what}`,
        ...elsewhere.map(
          (region) =>
            `what stays in ${region}: all that Drover has there, until \`drover teardown --region ${region}\``,
        ),
        `what stays: the services that are enabled${keepData ? ', the data' : ''}, and what Google itself made to build, if it did: ${buckets.join(' ')}`,
      ],
      data: { steps, keepData, dryRun: isDryRun, buckets, elsewhere },
      next: isDryRun
        ? '`drover teardown` does it.'
        : elsewhere.length > 0
          ? `\`drover teardown --region ${elsewhere[0]}\`, for what is there.`
          : keepData
            ? '`drover provision` brings it back, with its runs and credentials.'
            : `nothing. \`gcloud projects delete ${deployment.project}\` removes the project itself.`,
    };
  },
};
