import { readNames } from '../../creds/named.ts';
import { noPorts } from '../../creds/no-ports.ts';
import { nameOf } from '../../creds/plan-push.ts';
import { type CredsPorts, credsPorts, pushCredentials } from '../../creds/push.ts';
import { readFields } from '../../creds/read-fields.ts';
import { readValue } from '../../creds/read-value.ts';
import { reportOf } from '../../creds/report.ts';
import type { Wanted } from '../../creds/wanted.ts';
import { asTold } from '../../deploy/carry-out.ts';
import { ownCredentialTypes } from '../../project-credentials.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';
import { findContext } from '../find-context.ts';
import { workingOf } from '../working.ts';
import { addNow, addOneValue, type OneValue } from './creds-options.ts';

/** Its own options and arguments, as commander reads them. */
interface RotateOptions extends OneValue {
  credential?: string;
}

export const credsRotate: CliCommand = {
  name: 'creds rotate',
  summary: 'Give one field of a credential in Secret Manager another value',
  about:
    'The value comes on standard input, from a file, or is made up. Runs that begin from then on have it; runs that have begun keep the value before. Its version is put away, disabled now and destroyed a week later, by a `drover creds push` after an hour, when no run can need it.',
  define: (command) => {
    command.argument('<credential>', 'its name: type:instance, or a type for its instance default');
    addOneValue(command, ', as without it');
    addNow(command);
  },
  act: async (session, options) => {
    const chosen: RotateOptions = options;
    const { credential = '', now: atOnce = false, dryRun: isDryRun = false } = chosen;
    const [reference] = readNames([credential]);
    if (!reference) throw new Error('an argument that is required is there');
    const context = await findContext(session, options, 'nothing');
    const { project, isOffline } = context;
    const fields = await readValue(
      session.shell,
      reference,
      chosen,
      project ? ownCredentialTypes(project) : {},
    );
    const wanted: Wanted = { reference, fields, isWhole: false };
    const ports = isOffline ? noPorts() : credsPorts(context);
    if (!isOffline) await checkThere(wanted, ports);
    const pushed = await pushCredentials(context, [wanted], {
      ...workingOf(session),
      isDryRun,
      atOnce,
      isNamed: true,
      ports,
    });
    return reportOf(pushed, { isDryRun, atOnce, project });
  },
};

/** Only what is there, and has another value, can be rotated. */
async function checkThere(
  { reference, fields }: Wanted,
  { secrets }: Pick<CredsPorts, 'secrets'>,
): Promise<void> {
  const known = await readFields(secrets, reference).catch((error: unknown) => {
    throw asTold(error);
  });
  const name = nameOf(reference);
  for (const [field, value] of Object.entries(fields)) {
    const current = known && Object.hasOwn(known, field) ? known[field] : undefined;
    if (!current) {
      const what = known ? `no field ${field}` : 'no value at all';
      throw new Failure('CREDENTIALS_NOT_THERE', `${name} has ${what} in Secret Manager.`, {
        todo: `\`drover creds push ${name}\` puts it there first.`,
      });
    }
    if (Buffer.compare(current, value) === 0) {
      throw new Failure(
        'CREDENTIAL_WRONG',
        `This is the value that the field ${field} of ${name} has already.`,
        { todo: 'Have a new value made by whoever gives it out, and run this command again.' },
      );
    }
  }
}
