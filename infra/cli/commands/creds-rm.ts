import { readNames } from '../../creds/named.ts';
import { noPorts } from '../../creds/no-ports.ts';
import { nameOf } from '../../creds/plan-push.ts';
import { credsPorts } from '../../creds/push.ts';
import { removeCredentials } from '../../creds/remove.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import type { CommonOptions } from '../session.ts';
import { workingOf } from '../working.ts';

/** Its own options and arguments, as commander reads them. */
interface RemoveOptions extends CommonOptions {
  credentials?: string[];
  now?: boolean;
}

export const credsRm: CliCommand = {
  name: 'creds rm',
  summary: 'Remove credentials from Secret Manager, with all their versions',
  about:
    'It shows who uses them, and has you type the id of the Google Cloud project. Files on this machine stay: remove them as well, or the next push or deployment puts them back.',
  define: (command) => {
    command
      .argument('<credentials...>', 'names: type:instance, or a type for its instance default')
      .option('--now', 'also where runs have one mounted, which lose it');
  },
  act: async (session, options) => {
    const {
      credentials = [],
      now: atOnce = false,
      dryRun: isDryRun = false,
    }: RemoveOptions = options;
    const references = readNames(credentials);
    const context = await findContext(session, options, 'nothing');
    const removed = await removeCredentials(context, references, {
      ...workingOf(session),
      isDryRun,
      atOnce,
      ports: context.isOffline ? noPorts() : credsPorts(context),
    });
    const absent = references.map(nameOf).filter((name) => !removed.includes(name));
    const would = isDryRun ? 'would be ' : '';
    return {
      lines: [
        ...removed.map((name) => `${name} ${would}removed`),
        ...absent.map((name) => `${name} is not there`),
      ],
      data: { removed, absent, dryRun: isDryRun },
      next: isDryRun
        ? 'the same command without --dry-run.'
        : 'revoke the values at whoever gave them out: who has seen one can still use it.',
    };
  },
};
