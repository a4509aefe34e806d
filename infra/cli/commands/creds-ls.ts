import { credentialLines } from '../../creds/lines.ts';
import { listCredentials } from '../../creds/list.ts';
import { credsPorts } from '../../creds/push.ts';
import { widthFor } from '../../steer/command.ts';
import type { CliCommand } from '../command.ts';
import { findContext } from '../find-context.ts';
import { tellingGoogle } from '../telling.ts';

export const credsLs: CliCommand = {
  name: 'creds ls',
  summary: 'List the credentials in Secret Manager, and who uses them',
  about:
    'It shows fingerprints of values, and how those on this machine compare with them; and the versions before that are not destroyed yet.',
  without: ['yes'],
  act: async (session, options) => {
    const context = await findContext(session, options, 'nothing');
    if (options.dryRun) {
      const google = tellingGoogle(context.print, 'ask which credentials there are');
      await listCredentials(context, credsPorts({ ...context, google }));
      return { next: '`drover creds ls`.' };
    }
    const credentials = await listCredentials(context);
    const missing = credentials.filter(({ isThere }) => !isThere).length;
    return {
      lines:
        credentials.length === 0
          ? ['there are none']
          : credentialLines(credentials, widthFor(session)),
      data: { credentials },
      next:
        missing > 0 || credentials.length === 0
          ? '`drover creds push`, which puts what lies on this machine there.'
          : '`drover creds rotate <credential>` gives one another value.',
    };
  },
};
