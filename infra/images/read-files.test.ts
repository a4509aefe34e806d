import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFiles } from './read-files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drover-files-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test('a file is read byte for byte, whatever is in it', () => {
  write('deep/er/tool.bin', every);
  const found = readFiles(root).get('deep/er/tool.bin');
  expect(Buffer.from(found?.bytes ?? [])).toEqual(Buffer.from(every));
});

test('whether a file may be executed is known', () => {
  write('run');
  write('read');
  chmodSync(join(root, 'run'), 0o700);
  const files = readFiles(root);
  expect([files.get('run')?.executable, files.get('read')?.executable]).toEqual([true, false]);
});

test('what is left out is named by its path, and a directory with all that is in it', () => {
  write('agents/one');
  write('lib/agents/two');
  expect([...readFiles(root, (path) => path === 'agents').keys()]).toEqual(['lib/agents/two']);
});

test('links are followed, to files and to directories', () => {
  write('real/file');
  symlinkSync('real', join(root, 'directory'));
  symlinkSync('real/file', join(root, 'file'));
  expect([...readFiles(root).keys()]).toEqual(['directory/file', 'file', 'real/file']);
});

test('a link into a directory that it is in is refused, and not gone into', () => {
  write('a/b/file');
  symlinkSync('..', join(root, 'a', 'b', 'up'));
  expect(() => readFiles(root)).toThrow(`${join(root, 'a', 'b', 'up')} is a link to a directory`);
});

test.each(['nowhere', 'itself'])('a link to %s is refused by its name', (name) => {
  symlinkSync(name, join(root, 'itself'));
  expect(() => readFiles(root)).toThrow(`${join(root, 'itself')} is to go into an image`);
  expect(() => readFiles(root)).toThrow(expect.objectContaining({ code: 'WRONG_PROJECT_FILES' }));
});

test('more than goes into an image is refused before it is held in memory', () => {
  write('one', new Uint8Array(600));
  write('two', new Uint8Array(600));
  expect(() => readFiles(root, undefined, 1_000)).toThrow(
    expect.objectContaining({ code: 'WRONG_PROJECT_FILES' }),
  );
  expect(readFiles(root, (path) => path === 'two', 1_000).size).toBe(1);
});
