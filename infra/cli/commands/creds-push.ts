import { namedHere, readNames } from '../../creds/named.ts';
import { neededHere } from '../../creds/needed-here.ts';
import { noPorts } from '../../creds/no-ports.ts';
import { credsPorts, pushCredentials } from '../../creds/push.ts';
import { readValue } from '../../creds/read-value.ts';
import { reportOf } from '../../creds/report.ts';
import type { Wanted } from '../../creds/wanted.ts';
import { ownCredentialTypes } from '../../project-credentials.ts';
import type { CliCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import type { Session } from '../session.ts';
import { workingOf } from '../working.ts';
import { addNow, addOneValue, type OneValue } from './creds-options.ts';

/** Its own options and arguments, as commander reads them. */
interface PushOptions extends OneValue {
  credentials?: string[];
  older?: boolean;
}

export const credsPush: CliCommand = {
  name: 'creds push',
  summary: 'Put credentials of this machine into Secret Manager',
  about:
    'Without names: those that the project needs and that lie in its .drover/credentials, or else in ~/.action-llama/credentials; and old versions of all credentials that nobody can need any more are put away. Values come from files and standard input only. Of each field that changes, short fingerprints of the two values are told.',
  define: (command) => {
    command.argument(
      '[credentials...]',
      'names: type:instance, or a type for its instance default',
    );
    addOneValue(command, ' (with one name)');
    command.option('--older', 'also put back values that were replaced since');
    addNow(command);
  },
  act: async (session, options) => {
    const chosen: PushOptions = options;
    const {
      credentials = [],
      older = false,
      now: atOnce = false,
      dryRun: isDryRun = false,
    } = chosen;
    const isOne = chosen.file !== undefined || chosen.generate === true;
    const isNamed = credentials.length > 0;
    check(chosen, isOne);
    const references = readNames(credentials);
    const context = await findContext(session, options, isNamed ? 'nothing' : 'agents');
    const ports = context.isOffline ? noPorts() : credsPorts(context);
    const { wanted, notes } = isOne
      ? { wanted: await oneValue(session, context, references, chosen), notes: [] }
      : isNamed
        ? { wanted: namedHere(references, context.directory), notes: [] }
        : await neededHere(projectOf(context), context.directory, ports.secrets);
    for (const text of notes) context.print({ kind: 'note', text });
    const pushed = await pushCredentials(context, wanted, {
      ...workingOf(session),
      isDryRun,
      tidiesAll: !isNamed,
      older,
      atOnce,
      isNamed,
      ports,
    });
    return reportOf(pushed, { isDryRun, atOnce, project: context.project });
  },
};

function check({ credentials = [], field, now }: PushOptions, isOne: boolean): void {
  if (isOne && credentials.length !== 1) {
    throw new Failure(
      'WRONG_COMMAND_LINE',
      '--file and --generate are for one credential: name it.',
    );
  }
  if (field !== undefined && !isOne) {
    throw new Failure('WRONG_COMMAND_LINE', '--field goes with --file or --generate.');
  }
  if (now && credentials.length === 0) {
    throw new Failure('WRONG_COMMAND_LINE', '--now is for credentials that are named.');
  }
}

async function oneValue(
  { shell }: Session,
  { project }: Context,
  references: Wanted['reference'][],
  source: OneValue,
): Promise<Wanted[]> {
  const [reference] = references;
  if (!reference) return [];
  const own = project ? ownCredentialTypes(project) : {};
  const fields = await readValue(shell, reference, source, own);
  return [{ reference, fields, isWhole: false }];
}

function projectOf({ project, directory }: Context) {
  if (project) return project;
  throw new Failure(
    'WRONG_PROJECT_FILES',
    `${directory} has no project whose credentials are known.`,
  );
}
