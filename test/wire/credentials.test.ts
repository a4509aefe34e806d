import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../functions/environment.ts';
import { jsonLog } from '../../functions/http/log.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import { homeSecretId } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import { runResource } from '../../shared/runs/labels.ts';
import { runSecretId } from '../../shared/runs/names.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { eventually, onGithub, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, issueOpened } from './github.ts';

const directory = mkdtempSync(join(tmpdir(), 'drover-credentials-'));

/** Every value is there once, so that it is known whose it is wherever it turns up. */
const homes = {
  'github_token:default': { token: 'ghp-of-default' },
  'github_token:work': { token: 'ghp-of-work' },
  'git_ssh:default': {
    id_rsa: '-----BEGIN KEY-----\nof-git-ssh\n-----END KEY-----',
    username: 'Name-of-git-ssh',
    email: 'of-git-ssh@acme.example',
  },
  'pager:night-shift': { key: 'of-the-pager "$(x)" \\ é' },
  'slack_bot_token:default': { token: 'xoxb-of-nobody' },
};
type Home = keyof typeof homes;

const agents = {
  one: ['git_ssh:default', 'github_token:work', 'pager:night-shift'],
  two: ['github_token:default', 'github_token:work'],
  none: [],
} satisfies { [agent: string]: Home[] };
type AgentName = keyof typeof agents;
const names = Object.keys(agents) as AgentName[];

/** Tells what it finds, and stays until it is let go. */
const container = `
at=${directory}/$1
{
  if [ -n "$AL_CREDENTIALS_PATH" ]; then
    cd "$AL_CREDENTIALS_PATH"
    find . -type f -exec sh -c 'printf "%s\\n" "$1"; cat "$1"; printf "\\0"' x {} \\;
  fi
} >"$at.files"
{ if [ -n "$AL_CREDENTIALS_PATH" ]; then find "$AL_CREDENTIALS_PATH" -printf '%y%m\\n' | sort -u; fi; } >"$at.modes"
env >"$at.env"
find "$HOME/.." -type f -exec cat {} + >"$at.all"
dirname "$HOME" >"$at.directory"
mv "$at.files" "$at.ready"
while [ ! -e "$at.go" ]; do sleep 0.05; done
`;

let drover: TestDrover;
let secrets: ReturnType<typeof cloudPorts>['secrets'];

beforeAll(async () => {
  const deliveries = [
    ['copy', 'opened'],
    ['direct', 'closed'],
  ] as const;
  const project = deliveries.flatMap(([credentialsDelivery, action]) =>
    names.map((name) => [
      `${credentialsDelivery}-${name}`,
      {
        credentials: agents[name],
        credentialsDelivery,
        webhooks: [onGithub({ actions: [action] })],
      },
    ]),
  );
  drover = await startDrover({
    project: projectOf(Object.fromEntries(project)),
    credentials: homes,
    program: (agent) => ({ file: '/bin/sh', args: ['-c', container, 'agent', agent], directory }),
  });
  ({ secrets } = cloudPorts(
    readEnvironment(process.env).cloud,
    jsonLog('drover-test', () => {}),
  ));
});
afterAll(async () => {
  await drover.close();
  rmSync(directory, { recursive: true, force: true });
});

const told = (agent: string, what: string): string =>
  readFileSync(join(directory, `${agent}.${what}`), 'utf8');

/** What the agent found, by path below the directory of its credentials. */
function filesOf(agent: string): { [path: string]: string } {
  const entries = told(agent, 'ready').split('\0').slice(0, -1);
  return Object.fromEntries(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return [entry.slice(2, end), entry.slice(end + 1)];
    }),
  );
}

/** What the agent is to find. */
function expectedFiles(credentials: readonly Home[]): { [path: string]: string } {
  return Object.fromEntries(
    credentials.flatMap((reference) =>
      Object.entries(homes[reference]).map(([field, value]) => [
        `${reference.replace(':', '/')}/${field}`,
        value,
      ]),
    ),
  );
}

/** Values of credentials that are not among these. */
function foreignValues(credentials: readonly Home[]): string[] {
  return Object.entries(homes).flatMap(([reference, fields]) =>
    credentials.includes(reference as Home) ? [] : Object.values(fields),
  );
}

describe.each([
  ['copy', 'opened', { one: 4, two: 3, none: 1 }],
  ['direct', 'closed', { one: 1, two: 1, none: 1 }],
] as const)('credentials (%s)', (delivery, action, secretsOfRun) => {
  const agentOf = (name: AgentName): string => `${delivery}-${name}`;
  let runs: { [agent: string]: string };

  beforeAll(async () => {
    const answer = await deliver(drover, { payload: { ...issueOpened, action } });
    ({ runs } = answer.json as { runs: { [agent: string]: string } });
    await eventually(async () =>
      names.every((name) => existsSync(join(directory, `${agentOf(name)}.ready`))),
    );
  });

  it.each(names)('of %s are exactly its own, every field a file, byte by byte', (name) => {
    expect(filesOf(agentOf(name))).toEqual(expectedFiles(agents[name]));
  });

  it.each(names)('of %s are for its user alone, and only to read', (name) => {
    const modes = agents[name].length > 0 ? ['d700', 'f400'] : [];
    expect(told(agentOf(name), 'modes').split('\n').filter(Boolean)).toEqual(modes);
  });

  it.each(names)('of others are nowhere that %s has: no file, no variable', (name) => {
    const agent = agentOf(name);
    const seen = told(agent, 'env') + told(agent, 'all') + told(agent, 'ready');
    expect(foreignValues(agents[name]).filter((value) => seen.includes(value))).toEqual([]);
    // Its own are in no variable either: what sets them is the image's entry point.
    const values = agents[name].flatMap((reference) => Object.values(homes[reference]));
    expect(values.filter((value) => told(agent, 'env').includes(value))).toEqual([]);
  });

  it('lie in as many secrets of their run as the delivery says', async () => {
    const all = await secrets.list(runResource);
    for (const name of names) {
      const run = runs[agentOf(name)] ?? '';
      const own = all.filter(({ id }) => id.startsWith(runSecretId(run, 1)));
      expect(own).toHaveLength(secretsOfRun[name]);
    }
  });

  it('are gone with their runs, and stay in their homes', async () => {
    for (const name of names) {
      writeFileSync(join(directory, `${agentOf(name)}.tmp`), '');
      renameSync(join(directory, `${agentOf(name)}.tmp`), join(directory, `${agentOf(name)}.go`));
    }
    for (const id of Object.values(runs)) {
      const over = await eventually(async () => {
        const run = await drover.cloud.documents.get<Run>(`runs/${id}`);
        return run !== undefined && isOver(run.data.state) && run.data.cleanedAt !== null && run;
      });
      expect(over.data.state).toBe('succeeded');
    }
    expect(await secrets.list(runResource)).toEqual([]);
    for (const name of names) {
      const own = told(agentOf(name), 'directory').trim();
      expect(own).not.toBe('');
      expect(existsSync(own)).toBe(false);
    }
    for (const [reference, fields] of Object.entries(homes)) {
      const parsed = parseReference(reference) ?? { type: '', instance: '' };
      for (const [field, value] of Object.entries(fields)) {
        const kept = await secrets.access(homeSecretId(parsed), field);
        expect(Buffer.from(kept).toString()).toBe(value);
      }
    }
  });
});
