import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { eventually } from '../drover.ts';

// Each test starts a process, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const built = join(repositoryRoot(), 'dist/infra/cli/main.js');
const triage = join(repositoryRoot(), 'examples/triage');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'drover-bin-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts the built command as a shell would, with a gcloud that is this script; without one, there is none. */
function drover(args: readonly string[], gcloud?: string) {
  if (!existsSync(built))
    throw new Error(`${built} is missing: these tests need the build, run tsc`);
  const program = join(directory, 'gcloud');
  if (gcloud !== undefined) {
    writeFileSync(program, `#!/bin/sh\n${gcloud}\n`);
    chmodSync(program, 0o755);
  }
  const child = spawn(process.execPath, [built, ...args], {
    cwd: directory,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/nonexistent',
      DROVER_GCLOUD: gcloud === undefined ? '/nonexistent/gcloud' : program,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const shown = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    shown.err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...shown }));
  });
  return { child, ended };
}

describe('the command drover, as it is installed', () => {
  it('is the file that package.json names, and one that a shell can start', () => {
    const { bin } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
      bin: { drover: string };
    };
    expect(join(repositoryRoot(), bin.drover)).toBe(built);
    expect(readFileSync(built, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('prints the whole plan of a project without an account, and changes nothing', async () => {
    const args = ['provision', '--directory', triage, '--project', 'acme-drover', '--dry-run'];
    const { code, out, err } = await drover(args).ended;
    expect([code, err]).toEqual([0, expect.stringContaining('note  Google could not be asked')]);
    expect(out).toContain('gcloud services enable run.googleapis.com');
    expect(out).toContain('gcloud tasks queues create drover-poll');
    expect(out.trimEnd().endsWith('next: `drover provision` does it.')).toBe(true);
    expect(existsSync(join(triage, 'drover.toml'))).toBe(false);
  });

  it('says on standard error what is wrong, and ends with the code for it', async () => {
    const { code, out, err } = await drover(['status', '--project', 'acme-drover']).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^GCLOUD_MISSING: .*\nWhat to do: .*\nMore: docs\/errors\/GCLOUD_MISSING\.md\n$/,
    );
  });

  it('ends soon when it is interrupted, and says how to go on', async () => {
    const began = join(directory, 'began');
    const waiting = `case "$1" in config) echo '{}';; *) touch ${began}; exec sleep 20;; esac`;
    const { child, ended } = drover(['status', '--project', 'acme-drover'], waiting);
    await eventually(async () => existsSync(began));
    child.kill('SIGINT');
    // A terminal interrupts its gcloud as well; here it goes on, and drover does not wait for its end.
    const { code, err } = await ended;
    expect([code, err]).toEqual([130, expect.stringMatching(/^COMMAND_INTERRUPTED: /)]);
  });
});
