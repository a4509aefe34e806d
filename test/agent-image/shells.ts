import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { describe } from 'vitest';

/** A POSIX shell that a container may have as its `sh`. */
export interface Shell {
  name: string;
  command: [string, ...string[]];
}

/** What this machine's `sh` really is: it is not tested twice. */
const systemShell = basename(realpathSync('/bin/sh'));

const shells: Shell[] = [
  ...(['dash', 'bash', 'busybox'].includes(systemShell)
    ? []
    : [{ name: 'sh', command: ['/bin/sh'] } satisfies Shell]),
  { name: 'dash', command: ['dash'] },
  { name: 'bash', command: ['bash', '--posix'] },
  { name: 'busybox ash', command: ['busybox', 'sh'] },
];

function isThere(command: readonly string[]): boolean {
  const [file = '', ...args] = command;
  return spawnSync(file, [...args, '-c', 'exit 0'], { stdio: 'ignore' }).status === 0;
}

/** Programs that the scripts need and this machine does not have. */
export const missingPrograms = ['curl', 'jq'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);

/** The same tests under each shell; what this machine lacks is named in the title of what is skipped for it. */
export function describeInShells(title: string, tests: (shell: Shell) => void): void {
  describeIn(shells, title, tests);
}

/** Tests of what does not depend on the shell, under the image's own or the next best. */
export function describeInOneShell(title: string, tests: (shell: Shell) => void): void {
  const best = [...shells].reverse().find(({ command }) => isThere(command)) ?? shells[0];
  describeIn(best ? [best] : [], title, tests);
}

function describeIn(some: readonly Shell[], title: string, tests: (shell: Shell) => void): void {
  for (const shell of some) {
    const lacks = isThere(shell.command) ? missingPrograms : [shell.name, ...missingPrograms];
    if (lacks.length === 0) describe(`${title} under ${shell.name}`, () => tests(shell));
    else
      describe.skip(`${title} under ${shell.name}: no ${lacks.join(', no ')} here`, () =>
        tests(shell));
  }
}

/**
 * For suites that start whole containers: in the shell of the image, and with `EVERY_SHELL=1` in each that is there.
 */
export function describeInContainers(title: string, tests: (shell: Shell) => void): void {
  if (process.env.EVERY_SHELL) describeInShells(title, tests);
  else describeInOneShell(title, tests);
}
