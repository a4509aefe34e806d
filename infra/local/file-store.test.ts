import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from './file-store.ts';

const turn = (): Promise<void> => Promise.resolve();

describe('file store', () => {
  let directory: string;
  let file: string;
  let other: ChildProcess | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'drover-store-'));
    file = join(directory, 'deeper', 'state.jsonl');
  });
  afterEach(() => {
    other?.kill();
    rmSync(directory, { recursive: true });
  });

  /** What a process that was killed now would leave to the next one. */
  const afterKill = () => {
    const copy = join(directory, 'copy.jsonl');
    writeFileSync(copy, readFileSync(file));
    return createFileStore(copy);
  };

  it('keeps its tables over a restart, in the order of first insertion', () => {
    const first = createFileStore(file);
    first.put('a', 'x', { n: 1 });
    first.put('a', 'y', [null, 'é\n']);
    first.put('b', 'x', 2);
    first.put('a', 'x', { n: 3 });
    first.close();
    const second = createFileStore(file);
    expect(second.entries('a')).toEqual([
      ['x', { n: 3 }],
      ['y', [null, 'é\n']],
    ]);
    expect(second.entries('b')).toEqual([['x', 2]]);
    expect(second.entries('c')).toEqual([]);
    second.close();
  });

  it('forgets what was deleted', () => {
    const first = createFileStore(file);
    first.put('a', 'x', 1);
    first.put('a', 'y', 2);
    first.delete('a', 'x');
    first.delete('a', 'none');
    expect(first.entries('a')).toEqual([['y', 2]]);
    first.close();
    const second = createFileStore(file);
    expect(second.entries('a')).toEqual([['y', 2]]);
    second.close();
  });

  it('has on file what was put before the current turn, whatever ends the process', async () => {
    const store = createFileStore(file);
    store.put('a', 'x', 1);
    await turn();
    const next = afterKill();
    expect(next.entries('a')).toEqual([['x', 1]]);
    next.close();
    store.close();
  });

  it('keeps the changes of one turn as a whole or not at all', async () => {
    const store = createFileStore(file);
    store.put('a', 'x', 1);
    await turn();
    store.put('a', 'x', 2);
    store.put('a', 'y', 2);
    await turn();
    store.close();
    const content = readFileSync(file, 'utf8');
    expect(content.trimEnd().split('\n')).toHaveLength(2);
    writeFileSync(file, content.slice(0, -2));
    const next = createFileStore(file);
    expect(next.entries('a')).toEqual([['x', 1]]);
    next.close();
  });

  it('drops a torn last line and goes on after it', () => {
    const first = createFileStore(file);
    first.put('a', 'x', 1);
    first.close();
    appendFileSync(file, '[["a","y"');
    const second = createFileStore(file);
    second.put('a', 'z', 3);
    second.close();
    const third = createFileStore(file);
    expect(third.entries('a')).toEqual([
      ['x', 1],
      ['z', 3],
    ]);
    third.close();
  });

  it('refuses a file that is damaged in the middle, and leaves it as it is', () => {
    createFileStore(file).close();
    writeFileSync(file, '[["a","x",1]]\nnonsense\n[["a","y",1]]\n');
    expect(() => createFileStore(file)).toThrow(/damaged/);
    expect(readFileSync(file, 'utf8')).toContain('nonsense');
  });

  it('is not changed by who goes on with a value', () => {
    const store = createFileStore(file);
    const value = { n: 1 };
    store.put('a', 'x', value);
    value.n = 2;
    expect(store.entries('a')).toEqual([['x', { n: 1 }]]);
    store.close();
  });

  it('writes a file anew that has grown far beyond what is alive', async () => {
    const first = createFileStore(file);
    for (let n = 0; n < 3_000; n += 1) first.put('a', `k${n % 10}`, n);
    first.close();
    const grown = statSync(file).size;
    const second = createFileStore(file);
    expect(statSync(file).size).toBeLessThan(grown / 10);
    expect(second.entries('a')).toHaveLength(10);
    second.put('a', 'k0', -1);
    second.close();
    const third = createFileStore(file);
    expect(third.entries('a')[0]).toEqual(['k0', -1]);
    third.close();
  });

  it('can be read by its owner only', () => {
    createFileStore(file).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('refuses to write after it was closed', () => {
    const store = createFileStore(file);
    store.close();
    expect(() => store.put('a', 'x', 1)).toThrow(/closed/);
  });

  it('is refused to a second user while the first lives', () => {
    const store = createFileStore(file);
    expect(() => createFileStore(file)).toThrow(/held by this process/);
    store.close();
    other = spawn('sleep', ['60']);
    writeFileSync(`${file}.lock`, String(other.pid));
    expect(() => createFileStore(file)).toThrow(new RegExp(`held by process ${other.pid}`));
  });

  it('takes the lock of a killed process over', () => {
    createFileStore(file).close();
    const { pid } = spawnSync('true');
    writeFileSync(`${file}.lock`, String(pid));
    const store = createFileStore(file);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(String(process.pid));
    store.close();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});
