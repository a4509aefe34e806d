import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  credentialDirectories,
  fieldNote,
  readCredentialFiles,
  writeCredentialFile,
} from './credential-files.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drover-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, value: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), value);
}

/** The fields as text. */
function read(directories: string[], reference: string) {
  const filed = readCredentialFiles(
    directories.map((directory) => join(root, directory)),
    reference,
  );
  if (!filed) return undefined;
  const fields = Object.entries(filed.fields).map(([name, value]) => [
    name,
    Buffer.from(value).toString('latin1'),
  ]);
  return Object.fromEntries(fields) as { [field: string]: string };
}

describe('credential files', () => {
  it("the project's own come before those of Action Llama", () => {
    expect(credentialDirectories('/herd')).toEqual([
      '/herd/.drover/credentials',
      join(homedir(), '.action-llama/credentials'),
    ]);
  });

  it('are one credential a directory, each file a field', () => {
    write('a/key/main/id', 'x');
    write('a/key/main/secret', 'y');
    expect(read(['a'], 'key:main')).toEqual({ id: 'x', secret: 'y' });
  });

  it('of a reference without an instance are those of default', () => {
    write('a/key/default/id', 'x');
    expect(read(['a'], 'key')).toEqual({ id: 'x' });
  });

  it('in the first directory hide the whole credential in the second', () => {
    write('a/key/main/id', 'first');
    write('b/key/main/id', 'second');
    write('b/key/main/secret', 'second');
    expect(read(['a', 'b'], 'key:main')).toEqual({ id: 'first' });
    expect(read(['none', 'b'], 'key:main')).toEqual({ id: 'second', secret: 'second' });
  });

  it('lose the line ends that editors add, and nothing else', () => {
    write('a/key/main/text', ' x\ny \r\n\n');
    write('a/key/main/bytes', Buffer.from([0xff, 0x00, 0x0a, 0x20]));
    write('a/key/main/empty', '\n');
    expect(read(['a'], 'key:main')).toEqual({ text: ' x\ny ', bytes: '\xff\x00\n ', empty: '' });
  });

  it('pass over hidden files and directories', () => {
    write('a/key/main/id', 'x');
    write('a/key/main/.DS_Store', 'no');
    write('a/key/main/old/id', 'no');
    expect(read(['a'], 'key:main')).toEqual({ id: 'x' });
  });

  it('that are not there are undefined, and so is what is no reference', () => {
    expect(read(['a'], 'key:main')).toBeUndefined();
    expect(read(['a'], '../key:main')).toBeUndefined();
  });

  it('with a name that no field can have are refused by their path', () => {
    write('a/key/main/my field', 'x');
    expect(() => read(['a'], 'key:main')).toThrow(
      /key\/main\/my field: a field's name has letters/,
    );
  });

  it('that are written are read again, and are their owner’s alone', () => {
    const file = writeCredentialFile(root, 'key:main', 'id', 'x');
    expect(read(['.drover/credentials'], 'key:main')).toEqual({ id: 'x' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['github_token', ['token'], undefined],
    ['github_token', ['tokn'], 'has no token; its type does not know tokn (did you mean token?)'],
    ['git_ssh', ['id_rsa'], 'has no username, no email'],
    ['pager', ['key', 'extra'], 'its type does not know extra'],
    ['nobody', ['anything'], undefined],
    ['constructor', ['anything'], undefined],
  ])('of %s with the fields %j are held to their type', (type, names, note) => {
    const fields = Object.fromEntries(names.map((name) => [name, Buffer.from('x')]));
    const own = { pager: { description: '', fields: ['key'], env: {} } };
    expect(fieldNote({ type, instance: 'main', fields }, own)).toBe(
      note && `credential ${type}:main: ${note}`,
    );
  });
});
