import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import { systemClock } from '../../../shared/cloud/clock.ts';
import { systemRandom } from '../../../shared/cloud/random.ts';
import { asTold } from '../../deploy/carry-out.ts';
import { functionUrl } from '../../deployment/names.ts';
import { checkFiles } from '../../doctor/check-files.ts';
import { doctor as askGoogle, type DoctorOptions, postOverNetwork } from '../../doctor/doctor.ts';
import { type Finding, findingOf } from '../../doctor/finding.ts';
import { fix, unfixable } from '../../doctor/fix.ts';
import { linesOf } from '../../doctor/lines.ts';
import { testSender } from '../../doctor/test-delivery.ts';
import { stageUpload } from '../../upload/stage.ts';
import type { CliCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { findContext } from '../find-context.ts';
import type { Result } from '../result.ts';
import type { CommonOptions, Session } from '../session.ts';
import { type Settled, settle } from '../settle.ts';
import { workingOf } from '../working.ts';

/** Its own options, as commander reads them. */
interface OwnOptions extends CommonOptions {
  fix?: boolean;
  offline?: boolean;
  delivery?: boolean;
}

export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'Look for what is wrong, here and in the Google Cloud project, and say what mends it',
  about:
    'It checks the files of the project as starting and deploying do, and then everything that Drover has at Google, which it only reads; at last it sends the deployed webhook a signed delivery that no agent asks for. It ends with exit code 3 when there is an error, and 0 when there are warnings only. A dry run sends no delivery, and shows what --fix would do.',
  without: ['yes'],
  define: (command) => {
    command
      .option('--fix', 'make, change and remove what `drover provision` would, and look again')
      .addOption(
        new Option('--offline', 'look at this machine only, and ask Google nothing').conflicts(
          'fix',
        ),
      )
      .option('--no-delivery', 'send no test delivery');
  },
  act: async (session, options) => {
    const chosen: OwnOptions = options;
    const { shell } = session;
    const directory = resolve(shell.directory, chosen.directory ?? '.');
    const { AL_ENV: environment, HOME: home } = shell.environment;
    const reader = { environment, ...(home === undefined ? {} : { home }) };
    const here = await checkFiles(directory, reader);
    if (chosen.offline) return resultOf(here.findings, {});
    const settled = await contextOf(session, chosen);
    if ('code' in settled) {
      const isSaid = here.findings.some(
        ({ code }) => code === settled.code || code === sameAs(settled),
      );
      return resultOf(isSaid ? here.findings : [...here.findings, settled], {});
    }
    const { isWhole, deployment } = settled.needed;
    const context = { ...settled.context, deployment };
    const asked = { ...optionsOf(chosen), isWhole: isWhole && context.project !== null };
    const there = await askGoogle(context, asked);
    tellDelivery(context, chosen);
    if (!chosen.fix) return resultOf(joined(here.findings, there), {});
    const why = unfixable(context, there);
    if (why !== undefined) {
      context.print({ kind: 'note', text: why });
      return resultOf(joined(here.findings, there), {});
    }
    const isDryRun = chosen.dryRun ?? false;
    const { mended, failed } = await mend(session, context, there, {
      isDryRun,
      keepsOld: !isWhole,
    });
    const isAsIt = isDryRun || mended === 0;
    const left = isAsIt ? there : await askGoogle(context, asked);
    return resultOf([...joined(here.findings, left), ...failed], { mended, isDryRun });
  },
};

/** Mends what is ours. What ends it on the way is a finding too: all others are still worth telling. */
async function mend(
  session: Session,
  context: Context,
  findings: readonly Finding[],
  how: { isDryRun: boolean; keepsOld: boolean },
): Promise<{ mended: number; failed: Finding[] }> {
  let begun = 0;
  const print: Context['print'] = (event) => {
    if (event.kind === 'step' && event.state === 'done') begun += 1;
    context.print(event);
  };
  try {
    const working = { ...workingOf(session), ...how };
    return { mended: await fix({ ...context, print }, findings, working), failed: [] };
  } catch (error) {
    return { mended: begun, failed: [findingOf(asTold(error), 'drover doctor --fix')] };
  }
}

/** What a command works with; or why there is nothing to ask. */
async function contextOf(session: Session, options: CommonOptions): Promise<Settled | Finding> {
  try {
    const found = await findContext(session, { ...options, dryRun: false }, 'nothing');
    return await settle(found);
  } catch (error) {
    return findingOf(error, 'Google Cloud project');
  }
}

/** What the files have been found to be, where the context cannot be found because of them. */
function sameAs({ code }: Finding): Finding['code'] {
  return code === 'WRONG_PROJECT_FILES' ? 'PROJECT_FILES_WRONG' : code;
}

function optionsOf({
  delivery = true,
  dryRun = false,
}: OwnOptions): Omit<DoctorOptions, 'isWhole'> {
  return {
    clock: systemClock,
    random: systemRandom,
    upload: uploadHere(),
    post: delivery && !dryRun ? postOverNetwork : undefined,
  };
}

/** A dry run shows the one thing that it would have written. */
function tellDelivery(
  { print, deployment, project }: Context,
  { delivery = true, dryRun = false }: OwnOptions,
): void {
  const sender = project && testSender(project);
  if (!sender || !delivery || !dryRun) return;
  const url = `${functionUrl(deployment, 'webhook')}/webhooks/${sender.name}`;
  const title = 'Send a test delivery with a wrong signature, and one with the right one';
  const command = { tool: 'api', method: 'POST', url } as const;
  print({ kind: 'command', title, command });
  print({ kind: 'command', title, command });
}

/** What this Drover would upload for the functions. The directory is not needed: nothing is. */
function uploadHere(): DoctorOptions['upload'] {
  const scratch = mkdtempSync(join(tmpdir(), 'drover-'));
  try {
    const { directory, digest } = stageUpload(scratch);
    return { directory, digest };
  } catch {
    // Not compiled: a deployment would say so.
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What Google knows of a credential says more than that it does not lie here. */
function joined(here: readonly Finding[], there: readonly Finding[]): Finding[] {
  const nameOf = ({ code, what }: Finding): string => `${code} ${what}`;
  const known = new Set(there.map(nameOf));
  return [
    ...here.filter((each) => !known.has(nameOf(each)) && each.code !== 'CREDENTIAL_NOT_HERE'),
    ...there,
  ];
}

function resultOf(
  findings: readonly Finding[],
  { mended, isDryRun = false }: { mended?: number; isDryRun?: boolean },
): Result {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const fixable = findings.filter(({ isFixable }) => isFixable).length;
  const doing = isDryRun ? 'would mend' : 'mended';
  return {
    lines: [
      ...linesOf(findings),
      ...(mended === undefined ? [] : [`${doing} by ${mended} ${mended === 1 ? 'step' : 'steps'}`]),
      findings.length === 0
        ? 'nothing is wrong'
        : `${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} ${findings.length - errors === 1 ? 'warning' : 'warnings'}`,
    ],
    data: { findings, ...(mended === undefined ? {} : { mended, dryRun: isDryRun }) },
    next:
      findings.length === 0
        ? '`drover status` shows how it is doing.'
        : fixable > 0 && (mended === undefined || isDryRun)
          ? `\`drover doctor --fix\` mends ${fixable} of ${findings.length}; the commands above mend the rest.`
          : 'do what is said above, then `drover doctor` again.',
    isFound: errors > 0,
  };
}
