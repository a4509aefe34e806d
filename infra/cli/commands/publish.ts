import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { agree } from '../../publish/agree.ts';
import { requireGoodFiles } from '../../publish/check-before.ts';
import { summaryOf } from '../../publish/difference-lines.ts';
import { publishProject } from '../../publish/publish.ts';
import { rollBackProject } from '../../publish/roll-back.ts';
import type { PublishWorking } from '../../publish/working.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import type { Result } from '../result.ts';
import type { CommonOptions, Session } from '../session.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface PublishOptions extends CommonOptions {
  /** True: the one before. */
  rollback?: string | true;
  why?: string;
}

export const publish: CliCommand = {
  name: 'publish',
  summary: 'Publish the project: new runs follow it, and those that have begun keep what they have',
  about:
    'It checks the files as `drover doctor --offline` does, and that credentials and functions are there; shows what would be otherwise; builds images that are missing; and writes the release and the pointer to it in one commit. Functions are left as they are. Where somebody else publishes meanwhile, it is refused.',
  define: (command) => {
    command
      .option(
        '--rollback [release]',
        'go back to an earlier release (default: to the one before; again, to the one before that)',
      )
      .addOption(new Option('--why <text>', 'why; it is kept in the audit').argParser(readWhy));
  },
  act: async (session, options) => {
    const { rollback, why = '', yes = false, dryRun: isDryRun = false }: PublishOptions = options;
    const working: PublishWorking = {
      ...workingOf(session),
      isDryRun,
      why,
      agree: (question) => agree(session.shell, question, yes),
    };
    if (rollback === undefined) return publishFiles(session, options, working);
    return goBack(session, options, working, rollback === true ? undefined : rollback);
  },
};

async function publishFiles(
  session: Session,
  options: CommonOptions,
  working: PublishWorking,
): Promise<Result> {
  const { shell, printer } = session;
  const { AL_ENV: environment, HOME: home } = shell.environment;
  const reader = { environment, ...(home === undefined ? {} : { home }) };
  const remarks = await requireGoodFiles(
    resolve(shell.directory, options.directory ?? '.'),
    reader,
  );
  if (remarks > 0) {
    printer.print({
      kind: 'note',
      text: `${remarks} ${remarks === 1 ? 'remark' : 'remarks'} on the files: \`drover doctor --offline\` has them`,
    });
  }
  const context = await findContext(session, options, 'agents');
  const { release, base, difference, built, isChange } = await publishProject(context, working);
  const { isDryRun } = working;
  return {
    lines: [
      isChange
        ? `${isDryRun ? 'would publish' : 'published'} ${release ?? 'a new release'}: ${summaryOf(difference)}`
        : `release ${release} is current already`,
    ],
    data: { release, base, built, difference, isChange, dryRun: isDryRun },
    next: nextOf(isChange && base !== null, isDryRun && isChange),
  };
}

function nextOf(canGoBack: boolean, isToBeDone: boolean): string {
  if (isToBeDone) return '`drover publish` does it.';
  if (!canGoBack) return '`drover status` shows how it is doing.';
  return '`drover publish --rollback`, should it not do well.';
}

async function goBack(
  session: Session,
  options: CommonOptions,
  working: PublishWorking,
  wanted: string | undefined,
): Promise<Result> {
  const context = await findContext(session, options, 'nothing');
  const { isDryRun } = working;
  const { release, base, difference, isChange } = await rollBackProject(context, wanted, working);
  return {
    lines: [
      isChange
        ? `${isDryRun ? 'would go' : 'went'} back from ${base} to ${release}`
        : `release ${release} is current already`,
    ],
    data: { release, base, difference, isChange, dryRun: isDryRun },
    next: !isChange
      ? '`drover releases ls` lists the others.'
      : isDryRun
        ? `\`drover publish --rollback${wanted === undefined ? '' : ` ${wanted}`}\` does it.`
        : `mend the files, then \`drover publish\`; \`drover publish --rollback ${base}\` goes forth again.`,
  };
}

/** Longest reason in UTF-16 units, as the control API has it. */
const longestWhy = 500;

function readWhy(text: string): string {
  if (text.length <= longestWhy) return text;
  throw new InvalidArgumentError(
    `It has ${text.length} characters; at most ${longestWhy} are kept.`,
  );
}
