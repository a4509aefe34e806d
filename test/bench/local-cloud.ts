import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCredentialFile } from '../../infra/credential-files.ts';
import { type Running, readRunning } from '../../infra/local/start/running.ts';
import { post } from './ack/load.ts';
import { realisticDelivery } from './deliveries.ts';
import { signingSecret } from './host/options.ts';
import { freePorts } from './host/start.ts';

/** The project that the local cloud runs: one agent, `bench`, which any delivery starts. */
export interface BenchProject {
  /** What its container runs, a shell script. Default: one that ends at once. */
  script?: (directory: string) => string;
  /** How many runs of it wait at most. */
  queue: number;
}

/** A local cloud in a process of its own, with a project of its own. */
export interface LocalCloud {
  child: ChildProcess;
  directory: string;
  /** The functions' port. */
  port: number;
  /** From its spawning until it said that it is up, in ms. */
  upMs: number;
  /** Where its control API is, and what lets one in. */
  running(): Running;
  /** Sends a delivery, and answers with the run that it starts. */
  deliver(id: string): Promise<string>;
  stop(): Promise<void>;
}

/** `npm start` without npm, in a directory that goes with it. */
export async function startLocalCloud(project: BenchProject): Promise<LocalCloud> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-bench-'));
  writeProject(directory, project);
  const [port = 0] = await freePorts(1);
  const main = fileURLToPath(new URL('../../infra/local/start/main.js', import.meta.url));
  const state = join(directory, '.drover');
  const args = ['--project', directory, '--state', state, '--port', `${port}`, '--no-demo'];
  const spawned = performance.now();
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async (): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.kill()) await gone;
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await says(child, 'Drover is up');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    child,
    directory,
    port,
    upMs: performance.now() - spawned,
    running: () => {
      const running = readRunning(directory);
      if (!running) throw new Error('the local cloud does not say that it runs');
      return running;
    },
    deliver: async (id) => {
      const socket = connect(port, '127.0.0.1');
      const delivery = realisticDelivery(Buffer.from(signingSecret));
      const answer = await post(socket, '/webhooks/github', id, delivery);
      socket.destroy();
      return (JSON.parse(answer) as { runs: { bench: string } }).runs.bench;
    },
    stop,
  };
}

function writeProject(directory: string, { script, queue }: BenchProject): void {
  const agent = join(directory, 'agents', 'bench');
  mkdirSync(agent, { recursive: true });
  writeFileSync(
    join(directory, 'config.toml'),
    '[webhooks.github]\ntype = "github"\ngithub_webhook_secret = "default"\n',
  );
  writeFileSync(join(agent, 'SKILL.md'), 'Do nothing.\n');
  writeFileSync(
    join(agent, 'config.toml'),
    `timeout = 300\nscale = 8\nmaxWorkQueueSize = ${queue}\n\n[[webhooks]]\nsource = "github"\n`,
  );
  const text = `#!/bin/sh\n${script?.(directory) ?? 'exit 0'}\n`;
  writeFileSync(join(agent, 'run.sh'), text, { mode: 0o755 });
  writeCredentialFile(directory, 'github_webhook_secret:default', 'secret', signingSecret);
}

function says(child: ChildProcess, words: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    // Stays, so that what else it says does not fill the pipe.
    child.stdout?.on('data', (chunk: Buffer) => {
      if (said.includes(words)) return;
      said += chunk.toString();
      if (said.includes(words)) resolve();
    });
    child.once('exit', () => reject(new Error(`the local cloud ended: ${said}`)));
  });
}
