import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblem, readProject } from './project-files.ts';

let directory: string;
let home: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'drover-')), 'herd');
  home = join(dirname(directory), 'home');
  mkdirSync(directory);
});
afterEach(() => rmSync(dirname(directory), { recursive: true, force: true }));

function write(files: { [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/** Reads for an environment, and not for the one that this test runs in. */
function read(environment = '') {
  return readProject(directory, (agent) => `image/${agent}`, { environment, home });
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
        problems: [
          { file: join(directory, path), line: null, field: '', message: 'no such directory' },
        ],
      });
    }
  });

  it('says so when there is no agent', () => {
    expect(read()).toMatchObject({ ok: false, problems: [{ file: 'agents/' }] });
  });
});

describe('the layers of a project', () => {
  beforeEach(() => {
    write({
      'config.toml': 'scale = 1\n',
      '.env.toml': 'environment = "staging"\nprojectName = "barn"\n',
      'agents/one/SKILL.md': 'One.\n',
    });
    const environments = join(home, '.action-llama/environments');
    mkdirSync(environments, { recursive: true });
    writeFileSync(join(environments, 'staging.toml'), 'scale = 2\n');
    writeFileSync(join(environments, 'prod.toml'), 'scale = 3\n');
  });

  it('are its own two files, and that of the environment which .env.toml names', () => {
    expect(read()).toMatchObject({
      ok: true,
      environment: 'staging',
      project: { name: 'barn', scale: 2 },
    });
  });

  it('take the environment that was chosen before the one of .env.toml', () => {
    expect(read('prod')).toMatchObject({ environment: 'prod', project: { scale: 3 } });
  });

  it.each(['nowhere', '../../herd/config'])('say so when there is no environment %s', (name) => {
    expect(read(name)).toMatchObject({ ok: false, problems: [{ file: 'AL_ENV' }] });
  });
});

describe('a file that cannot be read as it should', () => {
  beforeEach(() => write({ 'agents/one/SKILL.md': 'One.\n' }));

  it('is read with a mark and a note where it is no UTF-8', () => {
    writeFileSync(join(directory, 'config.toml'), Buffer.from([0x23, 0xff, 0xfe, 0x0a]));
    expect(read()).toMatchObject({
      ok: true,
      warnings: [{ file: 'config.toml', message: expect.stringContaining('not UTF-8') }],
    });
    writeFileSync(join(directory, 'config.toml'), Buffer.from([0x61, 0xff, 0x3d, 0x31]));
    expect(read()).toMatchObject({ ok: false, problems: [{ file: 'config.toml', line: 1 }] });
  });

  it.each(['config.toml', 'agents/one/config.toml', 'agents/two/SKILL.md'])(
    'is a problem where %s is a directory',
    (path) => {
      mkdirSync(join(directory, path), { recursive: true });
      expect(read()).toMatchObject({
        ok: false,
        problems: [{ file: path, line: null, message: 'not a file' }],
      });
    },
  );

  it('is a problem where a link leads to itself, beside those of other files', () => {
    symlinkSync('config.toml', join(directory, 'config.toml'));
    write({ 'agents/one/config.toml': 'timeot = 1\n' });
    expect(read()).toMatchObject({
      ok: false,
      problems: [
        { file: 'config.toml', message: expect.stringContaining('ELOOP') },
        { file: 'agents/one/config.toml', field: 'timeot' },
      ],
    });
  });

  it('counts as not there where a link leads nowhere', () => {
    symlinkSync('nowhere', join(directory, 'config.toml'));
    symlinkSync('two', join(directory, 'agents/two'));
    expect(read()).toMatchObject({ ok: true, project: { agents: { one: {} } } });
  });

  it('is no directory of a project where it stands in place of one', () => {
    write({ file: '' });
    const parsed = readProject(join(directory, 'file/below'), () => '');
    expect(parsed).toMatchObject({ ok: false, problems: [{ message: 'no such directory' }] });
  });
});

describe('what images are not built from', () => {
  beforeEach(() => {
    write({
      Dockerfile: 'FROM scratch\n',
      'shared/rules.md': 'Be kind.\n',
      'agents/one/SKILL.md': 'One.\n',
      'agents/one/Dockerfile': 'FROM scratch\n',
      'agents/one/static/rules.md': 'Be quick.\n',
    });
  });

  it('is noted, so that nobody believes it is in them', () => {
    const parsed = read();
    expect(parsed.ok && parsed.warnings.map(({ file }) => file)).toEqual([
      'Dockerfile',
      'shared/',
      'agents/one/Dockerfile',
      'agents/one/static/',
    ]);
  });

  it('is not noted where every agent names its image', () => {
    write({ 'agents/one/config.toml': 'image = "example.com/one"\n' });
    expect(read()).toMatchObject({ ok: true, warnings: [] });
  });
});

it('a problem is printed on one line, with the line and the field where it has them', () => {
  const problem = { file: 'config.toml', line: 12, field: 'scale', message: 'too large' };
  expect(formatProblem(problem)).toBe('config.toml:12: scale: too large');
  expect(formatProblem({ ...problem, line: null })).toBe('config.toml: scale: too large');
  expect(formatProblem({ ...problem, field: '' })).toBe('config.toml:12: too large');
});
