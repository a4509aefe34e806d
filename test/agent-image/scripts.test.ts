import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { image } from './run-script.ts';
import { describeInShells } from './shells.ts';

const programs = ['entrypoint.sh', ...readdirSync(`${image}bin`).map((name) => `bin/${name}`)];
const scripts = [
  ...programs,
  ...['lib', 'harness'].flatMap((folder) =>
    readdirSync(`${image}${folder}`).flatMap((name) =>
      name.endsWith('.sh') ? [`${folder}/${name}`] : [],
    ),
  ),
];
const helpers = [
  'rlock',
  'runlock',
  'rlock-heartbeat',
  ...['al-subagent', 'al-subagent-check', 'al-subagent-wait', 'al-call', 'al-check', 'al-wait'],
  ...['al-status', 'al-return', 'al-rerun', 'al-exit', 'al-shutdown', 'setenv', 'al-bash-init.sh'],
];

describe('the scripts of the image', () => {
  it('are every helper of the agent contract, and no other', () => {
    expect(programs.slice(1).sort()).toEqual(helpers.map((name) => `bin/${name}`).sort());
  });

  it.each(programs)('%s is executable', (script) => {
    accessSync(`${image}${script}`, constants.X_OK);
  });

  it('stand in the table of the documentation', () => {
    const page = readFileSync(new URL('../../docs/agent-image.md', import.meta.url), 'utf8');
    for (const helper of helpers) expect(page).toMatch(new RegExp(`\`[^\`]*${helper}\\b`));
  });

  const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  it.skipIf(!hasShellcheck)(
    'have no mistake that shellcheck knows (skipped where it is not installed)',
    () => {
      // jq's own variables stand in single quotes; what is sourced is not followed, so that its variables look unused.
      const excluded = 'SC1090,SC1091,SC2016,SC2034,SC2154';
      const { stdout } = spawnSync(
        'shellcheck',
        ['--shell=sh', `--exclude=${excluded}`, '--format=gcc', ...scripts],
        {
          cwd: image,
          encoding: 'utf8',
        },
      );
      expect(stdout).toBe('');
    },
  );
});

describeInShells('the scripts of the image', ({ command: [file, ...args] }) => {
  it.each(scripts)('%s parses', (script) => {
    const { status, stderr } = spawnSync(file, [...args, '-n', `${image}${script}`], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
