import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../resources.ts';
import { fillingProgram } from './compile-cache.ts';
import { importsOf } from './modules.ts';
import { stageUpload, type Upload } from './stage.ts';

let around: string;
let upload: Upload;
beforeAll(() => {
  around = mkdtempSync(join(tmpdir(), 'drover-upload-'));
  upload = stageUpload(join(around, 'workspace'));
});
afterAll(() => rmSync(around, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(upload.directory, path), 'utf8');
const modules = (): string[] => upload.files.filter((path) => path.endsWith('.js'));

describe('what is uploaded for the functions', () => {
  it('has every function, and no test, source, map or part of what deploys it', () => {
    for (const name of functionNames) expect(upload.files).toContain(`dist/functions/${name}.js`);
    const wanted = /^(package(-lock)?\.json|dist\/(functions|shared)\/.*(?<!\.test)\.js)$/;
    expect(upload.files.filter((path) => !wanted.test(path))).toEqual([
      'dist/infra/resources.js',
      'dist/infra/upload/fill-compile-cache.js',
    ]);
  });

  it('is small: under a megabyte in under 300 files', () => {
    const bytes = upload.files.reduce((sum, path) => sum + Buffer.byteLength(read(path)), 0);
    expect(bytes).toBeLessThan(1_000_000);
    expect(upload.files.length).toBeLessThan(300);
  });

  it('has what each of its modules imports, as a parser reads it', () => {
    const importedBy = (path: string): string[] => {
      const text = read(path);
      const { module } = parseSync(path, text);
      const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
        // A name that is put together while it runs cannot be followed: it shows here as what it is.
        text.slice(start, end).replace(/^(['"])(.*)\1$/, '$2'),
      );
      const reexported = module.staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      );
      const imported = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
      return [...new Set([...imported, ...reexported, ...dynamic])].sort();
    };
    // It loads what package.json names, whatever that is.
    const followed = modules().filter((path) => !path.endsWith(fillingProgram));
    for (const path of followed) {
      expect([...new Set(importsOf(read(path)))].sort(), path).toEqual(importedBy(path));
    }
  });

  it('asks npm for exact versions of what it imports, the ones that were tested, and for nothing to develop with', () => {
    const manifest = JSON.parse(read('package.json'));
    const whole = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest.scripts ?? {}).not.toHaveProperty('build');
    expect(whole.dependencies).toMatchObject(manifest.dependencies);
    expect(Object.values<string>(manifest.dependencies).join()).not.toMatch(/[\^~*<>|]/);

    const lock = JSON.parse(read('package-lock.json'));
    const tested = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
    );
    const { '': project, ...packages } = lock.packages;
    expect(project.dependencies).toEqual(manifest.dependencies);
    expect(tested.packages).toMatchObject(packages);
    expect(Object.keys(packages).filter((path) => packages[path].dev)).toEqual([]);
  });

  it('has the same digest for the same files, and another for others', () => {
    const again = stageUpload(join(around, 'again'));
    expect(again.digest).toBe(upload.digest);
    expect(again.files).toEqual(upload.files);
    expect(upload.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is made anew: nothing of what lay there before is left', () => {
    const directory = join(around, 'used');
    stageUpload(directory);
    writeFileSync(join(directory, 'dist', 'old.js'), '');
    stageUpload(directory);
    expect(() => readFileSync(join(directory, 'dist', 'old.js'))).toThrow('ENOENT');
  });
});

describe('gcloud', () => {
  const config = mkdtempSync(join(tmpdir(), 'drover-gcloud-'));
  afterAll(() => rmSync(config, { recursive: true, force: true }));

  const listed = (directory: string): string[] | undefined => {
    try {
      const said = execFileSync('gcloud', ['meta', 'list-files-for-upload', directory], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, HOME: config, CLOUDSDK_CONFIG: config },
      });
      return said.trim().split('\n').sort();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };

  it('uploads for the functions exactly what is meant, whatever else lies there', ({ skip }) => {
    const directory = join(around, 'strayed');
    const { files } = stageUpload(directory);
    for (const stray of ['.env', 'key.json', 'notes.txt'])
      writeFileSync(join(directory, stray), '');
    mkdirSync(join(directory, 'node_modules/left'), { recursive: true });
    writeFileSync(join(directory, 'node_modules/left/index.js'), '');
    const uploaded = listed(directory);
    if (!uploaded) return skip('no gcloud on the PATH');
    expect(uploaded).toEqual([...files].sort());
  });

  it('uploads for a build what is under version control, without what this machine keeps to itself', ({
    skip,
  }) => {
    const uploaded = listed(join(import.meta.dirname, '../..'));
    if (!uploaded) return skip('no gcloud on the PATH');
    expect(uploaded).toContain('functions/index.ts');
    expect(uploaded).toContain('package-lock.json');
    const kept = /^(\.git|node_modules|dist|\.drover|coverage)\/|\/\.drover\/|\.log$/;
    expect(uploaded.filter((path) => kept.test(path))).toEqual([]);
  });
});
