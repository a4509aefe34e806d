import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Json, type Store, storedValue } from './engines/engine.ts';
import { takeLock } from './file-lock.ts';

/** `[table, key, value]` is kept, `[table, key]` is deleted. */
type Change = [table: string, key: string, value: Json] | [table: string, key: string];

/** Tables of keys to the JSON text of their value. */
type Tables = Map<string, Map<string, string>>;

/** Only its owner may read the file: the values of local secrets stand in it. */
const mode = 0o600;

/** Changes that a file may hold beyond what is alive before it is written anew. */
const slack = 1_000;

/** Changes that the rewritten file holds a line. */
const batch = 100;

/**
 * A store in one append-only file of JSON lines. What an engine changes in one synchronous call becomes one line, written
 * before the call's promise can resolve: after a `kill -9` each call is there as a whole or not at all, and what was
 * answered is there. (It is not synced to the disk: a power cut may cost the last seconds.)
 *
 * @throws when another living process has the file open, or when a line in the middle of it is not JSON.
 */
export function createFileStore(path: string): Store & { close(): void } {
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true });
  const lock = takeLock(`${file}.lock`);
  try {
    return open(file, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function open(file: string, released: () => void): Store & { close(): void } {
  const loaded = load(file);
  if (loaded.changes > 2 * loaded.alive + slack) rewrite(file, loaded.tables);
  const { tables } = loaded;
  const output = openSync(file, 'a', mode);
  let pending: string[] = [];
  let closed = false;

  const flush = (): void => {
    if (pending.length === 0) return;
    const line = `[${pending.join(',')}]\n`;
    pending = [];
    writeWhole(output, line);
  };
  const append = (change: string): void => {
    if (closed) throw new Error(`the store ${file} is closed`);
    if (pending.length === 0) queueMicrotask(flush);
    pending.push(change);
  };
  return {
    entries: (name) =>
      [...(tables.get(name) ?? [])].map(([key, text]) => [key, JSON.parse(text) as Json]),
    put: (name, key, value) => {
      const text = JSON.stringify(storedValue(value));
      append(`[${JSON.stringify(name)},${JSON.stringify(key)},${text}]`);
      table(tables, name).set(key, text);
    },
    delete: (name, key) => {
      if (!tables.get(name)?.delete(key)) return;
      append(`[${JSON.stringify(name)},${JSON.stringify(key)}]`);
    },
    close: () => {
      if (closed) return;
      flush();
      closed = true;
      closeSync(output);
      released();
    },
  };
}

function table(tables: Tables, name: string): Map<string, string> {
  let found = tables.get(name);
  if (!found) {
    found = new Map();
    tables.set(name, found);
  }
  return found;
}

/** Reads the file, and cuts off a last line that a killed process left unfinished. */
function load(file: string): { tables: Tables; changes: number; alive: number } {
  const tables: Tables = new Map();
  let changes = 0;
  if (existsSync(file)) {
    const content = readFileSync(file);
    let start = 0;
    for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, start)) {
      for (const change of parse(file, content.toString('utf8', start, end))) {
        apply(tables, change);
        changes += 1;
      }
      start = end + 1;
    }
    if (start < content.length) cut(file, start);
  }
  let alive = 0;
  for (const { size } of tables.values()) alive += size;
  return { tables, changes, alive };
}

function parse(file: string, line: string): Change[] {
  try {
    return JSON.parse(line) as Change[];
  } catch (cause) {
    throw new Error(`${file} is damaged; move it away to start with an empty cloud`, { cause });
  }
}

function apply(tables: Tables, change: Change): void {
  const [name, key] = change;
  if (change.length === 3) table(tables, name).set(key, JSON.stringify(change[2]));
  else tables.get(name)?.delete(key);
}

function cut(file: string, length: number): void {
  const output = openSync(file, 'r+');
  ftruncateSync(output, length);
  closeSync(output);
}

/** Writes what is alive to a file beside it, which then takes its place: at no moment is there half a store. */
function rewrite(file: string, tables: Tables): void {
  const next = `${file}.next`;
  const output = openSync(next, 'w', mode);
  for (const [name, entries] of tables) {
    const changes = [...entries].map(
      ([key, text]) => `[${JSON.stringify(name)},${JSON.stringify(key)},${text}]`,
    );
    for (let from = 0; from < changes.length; from += batch) {
      writeWhole(output, `[${changes.slice(from, from + batch).join(',')}]\n`);
    }
  }
  fsyncSync(output);
  closeSync(output);
  renameSync(next, file);
}

function writeWhole(output: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(output, bytes, written);
  }
}
