import type { Google } from '../gcloud/google.ts';
import type { Context } from './context.ts';

/** A Google that is asked nothing: each command is told instead, and answered with nothing. For a dry run of what only reads. */
export function tellingGoogle(print: Context['print'], title: string): Google {
  return {
    gcloud: async (args) => print({ kind: 'command', title, command: { tool: 'gcloud', args } }),
    api: async (method, url, body) =>
      print({ kind: 'command', title, command: { tool: 'api', method, url, body } }),
  };
}
