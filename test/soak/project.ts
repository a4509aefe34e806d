import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { agentNames, agents, projectScale, type SoakAgent } from './agents.ts';

/** What signs the deliveries of a soak. */
export const signingSecret = 'a secret between the sender and the soak';

/** The build of the agents' program: containers run no TypeScript. */
const program = join(repositoryRoot(), 'dist/test/soak/agent.js');

/** Seconds before a failed run is tried again. */
const backoff = 1;

/** Writes the project of a soak into `directory`. Its containers keep their records in `records`. */
export function writeProject(directory: string, records: string): void {
  mkdirSync(records, { recursive: true });
  const files: { [path: string]: string } = {
    'config.toml': `scale = ${projectScale}\n\n[webhooks.github]\ntype = "github"\n`,
    '.drover/credentials/github_webhook_secret/default/secret': signingSecret,
  };
  for (const name of agentNames) {
    files[`agents/${name}/SKILL.md`] = `Whatever ${name} does.\n`;
    files[`agents/${name}/config.toml`] = configOf(name, agents[name], records);
    files[`agents/${name}/run.sh`] = `#!/bin/sh\nexec node ${JSON.stringify(program)}\n`;
  }
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (path.endsWith('run.sh')) chmodSync(file, 0o755);
  }
}

function configOf(name: string, agent: SoakAgent, records: string): string {
  const { role, scale, timeout, maxWorkQueueSize, retries, weight } = agent;
  const lines = [
    `scale = ${scale}`,
    `timeout = ${timeout}`,
    `maxWorkQueueSize = ${maxWorkQueueSize}`,
    '[env]',
    `SOAK_ROLE = ${JSON.stringify(role)}`,
    `SOAK_RECORDS = ${JSON.stringify(records)}`,
  ];
  if (retries > 0) lines.push('[retry]', `attempts = ${retries}`, `backoff = ${backoff}`);
  if (weight > 0) lines.push('[[webhooks]]', 'source = "github"', `labels = ["${name}"]`);
  return `${lines.join('\n')}\n`;
}
