import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CredentialFields, homeSecretId } from '../../shared/credentials/home.ts';
import type { CredentialReference } from '../../shared/credentials/reference.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import type { Context, Event } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { testGoogle } from '../deploy/test-google.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createFirestoreEngine } from '../local/engines/firestore/index.ts';
import { createSecretsEngine } from '../local/engines/secrets/index.ts';
import { inProcessDocuments } from '../local/in-process/documents.ts';
import { inProcessSecretVersions } from '../local/in-process/secret-versions.ts';
import { inProcessSecrets } from '../local/in-process/secrets.ts';
import { readProject } from '../project-files.ts';
import type { CredsPorts, PushOptions } from './push.ts';

const place = { project: 'demo-project', region: 'europe-west1' };

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A project in a directory of its own, with a Secret Manager and a Firestore in memory whose time passes when it is told to. */
export interface CredsBench {
  ports: CredsPorts;
  events: Event[];
  /** What a person was asked to agree to. */
  confirmed: string[];
  /** Whether a person agrees. */
  agrees: boolean;
  context(): Context;
  working: Pick<PushOptions, 'clock' | 'isAlive' | 'isDryRun' | 'ports'>;
  pass(ms: number): void;
  /** Puts a file into the project. */
  write(path: string, text: string): void;
  /** A run in flight that has these credentials, from their homes or as copies, launched now. */
  launch(run: string, credentials: string[], delivery?: Run['credentialsDelivery']): Promise<void>;
  end(run: string): Promise<void>;
  /** States of a credential's versions, the newest first. */
  states(reference: CredentialReference): Promise<string[]>;
  close(): void;
}

export function credsBench(files: { readonly [path: string]: string } = projectFiles): CredsBench {
  const directory = mkdtempSync(join(tmpdir(), 'drover-creds-'));
  let now = Date.parse('2026-01-01T00:00:00Z');
  const engine = { now: () => now, random: Math.random, store: memoryStore() };
  const manager = createSecretsEngine(engine, { project: place.project });
  const documents = inProcessDocuments(createFirestoreEngine(engine, { project: place.project }));
  const versions = inProcessSecretVersions(manager);
  const ports: CredsPorts = { documents, secrets: inProcessSecrets(manager), versions };
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const events: Event[] = [];
  const google = testGoogle(place);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const bench: CredsBench = {
    ports,
    events,
    confirmed: [],
    agrees: true,
    working: { clock, isAlive: () => true, isDryRun: false, ports },
    context: () => {
      const parsed = readProject(directory, () => '', { home: directory });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      return {
        google,
        print: (event) => events.push(event),
        confirm: async (what) => {
          bench.confirmed.push(what);
          if (!bench.agrees) throw new Failure('NOT_CONFIRMED');
        },
        deployment: {
          ...place,
          projectNumber: '123456789',
          agents: [],
          operators: [],
          viewers: [],
        },
        project: parsed.project,
        directory,
        isOffline: false,
        signal: new AbortController().signal,
      };
    },
    pass: (ms) => {
      now += ms;
    },
    write,
    launch: async (run, credentials, credentialsDelivery = 'direct') => {
      const times = { launching: new Date(now).toISOString() };
      const data = { state: 'running', credentials, credentialsDelivery, times };
      await documents.commit([{ op: 'create', path: `runs/${run}`, data }]);
    },
    end: async (run) => {
      await documents.commit([
        { op: 'update', path: `runs/${run}`, fields: { state: 'succeeded' } },
      ]);
    },
    states: async (reference) =>
      (await versions.list(homeSecretId(reference))).map(({ state }) => state),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
  return bench;
}

export const token: CredentialReference = { type: 'github_token', instance: 'default' };

/** Fields of a credential, of texts. */
export function fieldsOf(texts: { readonly [field: string]: string }): CredentialFields {
  return Object.fromEntries(
    Object.entries(texts).map(([field, text]) => [field, Buffer.from(text)]),
  );
}

/** An agent with two credentials, one of them by hand; a webhook; and a key of the control API. */
export const projectFiles = {
  'config.toml': '[webhooks.code]\ntype = "github"\n',
  'agents/dev/SKILL.md': 'Mend it.',
  'agents/dev/config.toml':
    'credentials = ["github_token", "reddit_oauth"]\ncredentials_delivery = "direct"\n',
  '.drover/credentials/github_token/default/token': 'ghp_first\n',
  '.drover/credentials/reddit_oauth/default/client_id': 'id',
  '.drover/credentials/reddit_oauth/default/client_secret': 'cs-long-secret',
  '.drover/credentials/reddit_oauth/default/username': 'bot',
  '.drover/credentials/reddit_oauth/default/password': 'hunter2',
  '.drover/credentials/reddit_oauth/default/user_agent': 'bot/1',
  '.drover/credentials/github_webhook_secret/default/secret': 'hook-secret',
  '.drover/credentials/gateway_api_key/default/key': 'control-key',
};
