import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock, Documents, Secrets } from '../../shared/ports/index.ts';
import type { Context, Event } from '../cli/context.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createFirestoreEngine } from '../local/engines/firestore/index.ts';
import { createSecretsEngine } from '../local/engines/secrets/index.ts';
import { inProcessDocuments } from '../local/in-process/documents.ts';
import { inProcessSecretVersions } from '../local/in-process/secret-versions.ts';
import { inProcessSecrets } from '../local/in-process/secrets.ts';
import { readProject } from '../project-files.ts';
import type { SecretVersions } from '../rest/secret-versions.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { type TestGoogle, testGoogle } from './test-google.ts';

export const place = { project: 'demo-project', region: 'europe-west1' };

/** A deployment of a project in a directory of its own, to a Google in memory. */
export interface TestBench {
  google: TestGoogle;
  documents: Documents;
  secrets: Secrets;
  versions: SecretVersions;
  events: Event[];
  /** Ms that were slept. */
  slept(): number;
  /** Puts a file into the project. */
  write(path: string, text: string): void;
  context(): Context;
  clock: Clock;
  /** @param options What is otherwise than usual; `context`: to whom it is deployed. */
  deploy(options?: Partial<DeployOptions> & { context?: Context }): ReturnType<typeof deploy>;
  close(): void;
}

/** A time that passes when somebody sleeps. */
function virtualClock(): Clock & { slept(): number } {
  const start = Date.parse('2026-01-01T00:00:00Z');
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
    slept: () => now - start,
  };
}

export function testBench(files: { readonly [path: string]: string } = sampleProject): TestBench {
  const directory = mkdtempSync(join(tmpdir(), 'drover-deploy-'));
  const google = testGoogle(place);
  const engine = { now: Date.now, random: Math.random, store: memoryStore() };
  const documents = inProcessDocuments(createFirestoreEngine(engine, { project: place.project }));
  const manager = createSecretsEngine(engine, { project: place.project });
  const secrets = inProcessSecrets(manager);
  const versions = inProcessSecretVersions(manager);
  const clock = virtualClock();
  const events: Event[] = [];
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const context = (): Context => {
    const parsed = readProject(directory, () => '', { home: directory });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return {
      google,
      print: (event) => events.push(event),
      confirm: async () => {},
      deployment: {
        ...place,
        projectNumber: '123456789',
        agents: Object.keys(parsed.project.agents).map((agent) => ({ agent, homeSecrets: [] })),
        operators: [],
        viewers: [],
      },
      project: parsed.project,
      directory,
      isOffline: false,
      signal: new AbortController().signal,
    };
  };
  return {
    google,
    documents,
    secrets,
    versions,
    events,
    slept: clock.slept,
    write,
    context,
    clock,
    deploy: ({ context: given = context(), ...options } = {}) =>
      deploy(given, {
        clock,
        isAlive: () => true,
        isDryRun: false,
        upload: { directory: '/upload', digest: 'first' },
        ports: { documents, secrets, versions },
        ...options,
      }),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Three agents: one with a script, one with models, one that names its image. */
export const sampleProject = {
  'config.toml':
    '[models.opus]\nprovider = "anthropic"\nmodel = "claude-opus-4"\nauthType = "api_key"\n\n[webhooks.github]\ntype = "github"\n',
  'agents/script/SKILL.md': 'Run.',
  'agents/script/config.toml': 'credentials = ["github_token"]\n',
  'agents/script/run.sh': '#!/bin/sh\necho done\n',
  'agents/thinker/SKILL.md': 'Think.',
  'agents/thinker/config.toml': 'models = ["opus"]\n',
  'agents/courier/SKILL.md': 'Carry.',
  'agents/courier/config.toml': 'image = "example.com/courier:1"\n',
  '.drover/credentials/github_webhook_secret/default/secret': 'hook-secret\n',
  '.drover/credentials/github_token/default/token': 'ghp_secret\n',
  '.drover/credentials/anthropic_key/default/token': 'sk-ant-secret\n',
};
