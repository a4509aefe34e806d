import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem, readProject } from './project-files.ts';

let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'drover-')), 'herd');
  mkdirSync(directory);
});
afterEach(() => rmSync(dirname(directory), { recursive: true, force: true }));

function write(files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

function read() {
  return readProject(directory, (agent) => `image/${agent}`);
}

describe('reading a project from its directory', () => {
  it('takes the project file and each agent, and names the project after the directory', () => {
    write({
      'config.toml': 'scale = 4\n',
      'agents/one/SKILL.md': 'One.\n',
      'agents/one/config.toml': 'timeout = 7\n',
      'agents/two/SKILL.md': 'Two.\n',
    });
    expect(read()).toMatchObject({
      ok: true,
      project: {
        name: 'herd',
        scale: 4,
        agents: {
          one: { skill: 'One.', timeout: 7, image: 'image/one' },
          two: { skill: 'Two.', image: 'image/two' },
        },
      },
    });
  });

  it('passes over hidden directories, node_modules and files beside the agents', () => {
    write({
      'agents/one/SKILL.md': 'One.\n',
      'agents/.git/SKILL.md': 'no\n',
      'agents/node_modules/SKILL.md': 'no\n',
      'agents/README.md': 'no\n',
    });
    const parsed = read();
    expect(parsed.ok && Object.keys(parsed.project.agents)).toEqual(['one']);
  });

  it('follows a link to an agent that lies elsewhere', () => {
    write({ 'agents/one/SKILL.md': 'One.\n', 'elsewhere/SKILL.md': 'Two.\n' });
    symlinkSync(join(directory, 'elsewhere'), join(directory, 'agents/two'));
    expect(read()).toMatchObject({ ok: true, project: { agents: { two: { skill: 'Two.' } } } });
  });

  it('says so when there is no such directory, or a file instead', () => {
    write({ file: '' });
    for (const path of ['nowhere', 'file']) {
      const parsed = readProject(join(directory, path), () => '');
      expect(parsed).toEqual({
        ok: false,
        problems: [{ file: join(directory, path), field: '', message: 'no such directory' }],
      });
    }
  });

  it('says so when there is no agent', () => {
    expect(read()).toMatchObject({ ok: false, problems: [{ file: 'agents/' }] });
  });
});

it('a problem is printed on one line, with the field where it has one', () => {
  const problem = { file: 'config.toml', field: 'scale', message: 'too large' };
  expect(formatProblem(problem)).toBe('config.toml: scale: too large');
  expect(formatProblem({ ...problem, field: '' })).toBe('config.toml: too large');
});
