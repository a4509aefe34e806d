import { spawn } from 'node:child_process';
import { GcloudMissing } from './google.ts';

/** How a program ended, and what it printed. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs gcloud with these arguments, and nothing on its standard input. */
export type RunGcloud = (args: readonly string[]) => Promise<Ended>;

/**
 * gcloud as a child process. An interrupt of the terminal reaches it as well as us, being of the same group: it may end by it.
 *
 * @param program Name or path of gcloud.
 * @throws {@link GcloudMissing}
 */
export function childProcess(program: string, env: NodeJS.ProcessEnv): RunGcloud {
  return (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', (cause) => reject(new GcloudMissing(program, cause)));
      child.on('close', (code, signal) =>
        resolve({
          code: code ?? 1,
          stdout: text(stdout),
          stderr: signal ? `${text(stderr)}\ngcloud was ended by ${signal}` : text(stderr),
        }),
      );
    });
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
