import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../shared/runs/run.ts';
import { type Program, startProgram, threePorts } from './program.ts';
import {
  agentFiles,
  projectWith,
  signingSecret,
  temporaryDirectory,
  withGithub,
} from './projects.ts';

/** A project whose starts come and go while its state and its ports stay. */
export interface Site {
  port: number;
  state: string;
  /** Starts it; `said(/^Drover is up/m)` tells when it is. */
  start(): Program;
  /** Delivers an event. Answers with the run of each agent, or undefined when nothing or not 200 was answered. */
  deliver(id: string): Promise<{ [agent: string]: string } | undefined>;
  /** All run documents by id, as the console shows them; empty while nothing answers. */
  runs(): Promise<{ [id: string]: Run }>;
  /** What the agents themselves wrote down. */
  journal(): Entry[];
}

/** A line of an agent: that it begins, or that it is about to exit. */
export interface Entry {
  what: 'begin' | 'end';
  execution: string;
  pid: number;
}

/** An agent of a site. */
export interface SiteAgent {
  /** How long it runs, in s. */
  seconds: number;
  scale: number;
  /** Credentials it asks for: each is a secret to make before the job and to delete after it. */
  credentials?: number;
}

export async function createSite(agents: { [name: string]: SiteAgent }): Promise<Site> {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  const journalFile = join(directory, 'journal');
  const files: { [path: string]: string } = { 'config.toml': withGithub };
  for (const [name, { seconds, scale, credentials = 0 }] of Object.entries(agents)) {
    const types = Array.from({ length: credentials }, (_, index) => `key${index}`);
    const write = (what: string): string =>
      `echo "${what} $CLOUD_RUN_EXECUTION $$" >> ${journalFile}`;
    const script = `#!/bin/sh\n${write('begin')}\nsleep ${seconds}\n${write('end')}\n`;
    const config = `scale = ${scale}\nmaxWorkQueueSize = 200\ncredentials = ${JSON.stringify(types)}\n`;
    Object.assign(files, agentFiles(name, script, config));
    for (const type of types) files[`.drover/credentials/${type}/default/value`] = 'x';
  }
  const project = projectWith(files);
  const port = await threePorts();
  const args = ['--project', project, '--state', state, '--port', String(port)];
  return {
    port,
    state,
    start: () => startProgram([...args, '--no-demo', '--tick-seconds', '1']),
    deliver: (id) => deliver(port, id),
    runs: async () => {
      const answer = await fetch(`http://127.0.0.1:${port + 1}/runs`).catch(() => undefined);
      return ((await answer?.json().catch(() => undefined)) ?? {}) as { [id: string]: Run };
    },
    journal: () => {
      const text = existsSync(journalFile) ? readFileSync(journalFile, 'utf8') : '';
      return text
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [what = '', execution = '', pid = ''] = line.split(' ');
          return { what: what as Entry['what'], execution, pid: Number(pid) };
        });
    },
  };
}

async function deliver(port: number, id: string): Promise<{ [agent: string]: string } | undefined> {
  const body = JSON.stringify({
    action: 'opened',
    issue: { number: 1, title: 'A herd', user: { login: 'octavia' } },
    repository: { full_name: 'acme/pasture' },
    sender: { login: 'octavia' },
  });
  const signature = createHmac('sha256', signingSecret).update(body).digest('hex');
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/github`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issues',
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${signature}`,
      },
      body,
    });
    if (answer.status !== 200) return undefined;
    return ((await answer.json()) as { runs: { [agent: string]: string } }).runs;
  } catch {
    return undefined;
  }
}
