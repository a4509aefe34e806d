import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, flagName } from './command-line.ts';
import { type Google, GoogleRefusal } from './google.ts';
import type { RunGcloud } from './process.ts';
import { refusalOfApi, refusalOfGcloud } from './refusals.ts';

export interface GcloudOptions {
  project: string;
  run: RunGcloud;
  /** Default: the one of Node. */
  fetch?: typeof fetch;
  /** Where a call of an API goes, by its URL. Default: there. */
  reach?: (url: string) => string;
}

/** Services that are asked before anything is enabled: no call of theirs may count on the project's own quota. */
const unbilled = /^https:\/\/(cloudresourcemanager|serviceusage|cloudbilling)\./;

/** Google by the gcloud of this machine, as the user that is signed in there. */
export function gcloudGoogle({
  project,
  run,
  fetch: call = fetch,
  reach = (url) => url,
}: GcloudOptions): Google {
  const common = [`--project=${project}`, '--quiet', '--format=json'];
  const gcloud: Google['gcloud'] = async (args, { files = {} } = {}) => {
    const command = commandLine({ tool: 'gcloud', args, files }, project);
    return withFiles(files, async (flags) => {
      const ended = await run([...args, ...flags, ...common]);
      if (ended.code !== 0) throw refusalOfGcloud(ended.stderr, command);
      return parsed(ended.stdout, command);
    });
  };
  let token: Promise<string> | undefined;
  const askForToken = async (): Promise<string> => {
    const printed = await gcloud(['auth', 'print-access-token']);
    const found = typeof printed === 'string' ? printed : (printed as { token?: unknown })?.token;
    if (typeof found === 'string' && found !== '') return found;
    throw new GoogleRefusal('unauthenticated', 'gcloud printed no access token', {
      command: 'gcloud auth print-access-token',
    });
  };
  const send = async (method: string, url: string, body: unknown): Promise<Response> => {
    token ??= askForToken().catch((error: unknown) => {
      token = undefined;
      throw error;
    });
    const headers: { [name: string]: string } = { authorization: `Bearer ${await token}` };
    if (!unbilled.test(url)) headers['x-goog-user-project'] = project;
    if (body !== undefined) headers['content-type'] = 'application/json';
    return call(reach(url), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const api: Google['api'] = async (method, url, body) => {
    const command = commandLine({ tool: 'api', method, url, body });
    try {
      let answer = await send(method, url, body);
      if (answer.status === 401) {
        // A token lives for an hour: a long command outlives it.
        token = undefined;
        answer = await send(method, url, body);
      }
      const text = await answer.text();
      if (!answer.ok) throw refusalOfApi(answer.status, text, command);
      return parsed(text, command);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new GoogleRefusal(
        'unavailable',
        `${url} was not reached: ${String(error.cause ?? error)}`,
        {
          command,
        },
      );
    }
  };
  return { gcloud, api };
}

/** Writes the files into a directory that nobody else may read, and removes it afterwards. */
async function withFiles<T>(
  files: { readonly [flag: string]: string },
  use: (flags: readonly string[]) => Promise<T>,
): Promise<T> {
  if (Object.keys(files).length === 0) return use([]);
  const directory = await mkdtemp(join(tmpdir(), 'drover-'));
  try {
    const flags: string[] = [];
    for (const [flag, content] of Object.entries(files)) {
      const name = flagName(flag);
      // gcloud tells JSON from YAML by what is in the file, whatever its name is.
      const path = join(directory, `${name.slice(2)}.json`);
      await writeFile(path, content, { mode: 0o600 });
      flags.push(`${name}=${path}`);
    }
    return await use(flags);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function parsed(text: string, command: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new GoogleRefusal(
      'unknown',
      `an answer that is not JSON: ${text.slice(0, 200)} (${String(cause)})`,
      {
        command,
      },
    );
  }
}
