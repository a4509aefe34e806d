import { Option } from 'commander';
import { terraformOf } from '../../deployment/terraform.ts';
import { provision as provisionAll } from '../../provision/provision.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import type { Result } from '../result.ts';
import type { CommonOptions, Session } from '../session.ts';
import { settle } from '../settle.ts';
import { beforeDeploy } from '../subjects.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface ProvisionOptions extends CommonOptions {
  format?: 'gcloud' | 'terraform';
  shareDatabase?: boolean;
}

export const provision: CliCommand = {
  name: 'provision',
  summary: 'Make what Drover needs in the Google Cloud project, and change what is otherwise',
  about:
    'It makes what is missing, changes what differs, removes what no agent of these files or of the current release needs any more, and leaves all else alone. Run again after a failure, it goes on where it stopped. The functions, and what calls them, come with `drover deploy`.',
  without: ['yes'],
  define: (command) => {
    command.addOption(
      new Option('--format <format>', 'gcloud makes it; terraform prints it, and makes nothing')
        .choices(['gcloud', 'terraform'])
        .default('gcloud'),
    );
    command.option(
      '--share-database',
      'make Drover in a Firestore database that something else uses, whose rules and fields it changes',
    );
  },
  act: async (session, options) => {
    const {
      format,
      shareDatabase: sharesDatabase = false,
      dryRun = false,
    }: ProvisionOptions = options;
    if (format === 'terraform') return render(session, options);
    const { context, needed } = await settle(await findContext(session, options, 'agents'));
    const { steps, unchanged } = await provisionAll(context, beforeDeploy(needed.deployment), {
      ...workingOf(session),
      isDryRun: dryRun,
      keepsOld: !needed.isWhole,
      sharesDatabase,
    });
    const would = dryRun ? 'would be ' : '';
    return {
      lines: [
        steps === 0
          ? `all ${unchanged} resources are as they should be`
          : `${steps} ${steps === 1 ? 'step' : 'steps'} ${would}done; ${unchanged} resources were as they should be`,
      ],
      data: { steps, unchanged, dryRun },
      next: dryRun && steps > 0 ? '`drover provision` does it.' : '`drover deploy`.',
    };
  },
};

/** Everything as Terraform has it; nobody has to be signed in for it. */
async function render(session: Session, options: CommonOptions): Promise<Result> {
  const { deployment } = await findContext(session, { ...options, dryRun: true }, 'agents');
  return {
    raw: terraformOf(deployment),
    next: 'put it into a file, upload the source of the functions, and `terraform plan`.',
  };
}
