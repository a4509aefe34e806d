import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reachOf } from '../../infra/cli/reach.ts';
import { gcloudGoogle } from '../../infra/gcloud/gcloud.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import { apis, type GoogleServer } from './server.ts';
import { warmGcloud } from './warm-gcloud.ts';

/** The environment in which gcloud speaks to a server of ours, and knows nothing of whoever runs the tests. */
export function gcloudEnvironment(url: string, directory: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: directory,
    TMPDIR: directory,
    CLOUDSDK_CONFIG: join(directory, 'gcloud'),
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    CLOUDSDK_SURVEY_DISABLE_PROMPTS: '1',
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(directory, 'token'),
    // Cloud Run puts the region before the host, whatever the host is: only a proxy finds that.
    CLOUDSDK_PROXY_TYPE: 'http',
    CLOUDSDK_PROXY_ADDRESS: '127.0.0.1',
    CLOUDSDK_PROXY_PORT: new URL(url).port,
    ...Object.fromEntries(
      apis.map((api) => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`, `${url}${api}/`]),
    ),
  };
}

/** One gcloud of several that work at a time, and the token that what it asks bears. */
export interface Lane {
  google: Google;
  token: string;
}

export interface GcloudAt {
  lanes: readonly Lane[];
  /** The first of them. */
  google: Google;
  close(): Promise<void>;
}

/** Each takes a second to load, and a processor while it works. */
const lanesAtATime = 3;

/** The installed gcloud, pointed at a server, in directories with the source of a function. */
export function gcloudAt(root: string, server: GoogleServer, project: string): GcloudAt {
  const open = Array.from({ length: lanesAtATime }, (_, at) =>
    laneAt(root, server, project, `the-token-of-lane-${at}`),
  );
  const [first] = open;
  if (!first) throw new Error('no gcloud at all');
  return {
    lanes: open,
    google: first.google,
    close: async () => {
      for (const lane of open) await lane.close();
    },
  };
}

function laneAt(
  root: string,
  server: GoogleServer,
  project: string,
  token: string,
): Lane & { close(): Promise<void> } {
  const directory = mkdtempSync(join(tmpdir(), 'gcloud-'));
  writeFileSync(join(directory, 'token'), token);
  const env = gcloudEnvironment(server.url, directory);
  const source = join(directory, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'package.json'), '{"main":"index.js"}');
  writeFileSync(join(source, 'index.js'), '// What is uploaded for a function.\n');
  const gcloud = warmGcloud(root, env, source);
  return {
    google: gcloudGoogle({ project, run: gcloud.run, reach: reachOf(env) }),
    token,
    close: async () => {
      await gcloud.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
