import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { programOf } from './programs.ts';

const root = mkdtempSync(join(tmpdir(), 'drover-programs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A directory for PATH that has these programs, and a project whose agent `dev` has these files. */
function machine(
  name: string,
  tools: string[],
  files: string[],
): { path: string; project: string } {
  const path = join(root, name, 'bin');
  const project = join(root, name, 'project');
  for (const file of [
    ...tools.map((tool) => join(path, tool)),
    ...files.map((file) => join(project, 'agents/dev', file)),
  ]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o755);
  }
  return { path, project };
}

describe('the program of an agent on this machine', () => {
  it.each(['run.sh', 'test-script.sh'])(
    'with a %s is the entry point of the agent image',
    (script) => {
      const { path, project } = machine(script, ['curl', 'jq'], [script]);
      const directory = join(project, 'agents/dev');
      const args = [expect.stringMatching(/infra\/agent-image\/entrypoint\.sh$/), directory];
      expect(programOf(project, 'dev', false, path)).toEqual({
        program: { file: '/bin/sh', args, directory },
      });
    },
  );

  it('is the entry point as well where a model does the work', () => {
    const { path, project } = machine('model', ['curl', 'jq'], ['SKILL.md']);
    expect(programOf(project, 'dev', true, path).program?.file).toBe('/bin/sh');
  });

  it('is its script alone where the entry point would miss something, and says so', () => {
    const { path, project } = machine('bare', ['curl'], ['test-script.sh', 'run.sh']);
    const { program, problem } = programOf(project, 'dev', true, path);
    expect(program?.args).toEqual([join(project, 'agents/dev/run.sh')]);
    expect(problem).toBe(
      'jq is not installed here: agents/dev/run.sh is run alone, without hooks and helpers',
    );
  });

  it('is none without a script and a model, or with a model that nothing here can run', () => {
    const { path, project } = machine('none', [], ['SKILL.md']);
    expect(programOf(project, 'dev', false, path)).toEqual({
      problem: 'agents/dev has no run.sh, no test-script.sh and no model: its runs will fail here',
    });
    expect(programOf(project, 'dev', true, path)).toEqual({
      problem:
        'curl and jq are not installed here: the runs of agents/dev, which has no script, will fail',
    });
  });
});
