#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../local/repository.ts';
import { commands } from './commands/index.ts';
import { machine } from './machine.ts';
import { runCli } from './run-cli.ts';

const manifest = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
const { version } = JSON.parse(manifest) as { version: string };

const { exitCode, staysUp } = await runCli(
  process.argv.slice(2),
  machine(process),
  commands,
  version,
);
process.exitCode = exitCode;
// A command that was interrupted may leave a gcloud behind that does not end.
if (!staysUp && exitCode === 130) process.exit();
