import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stageFiles } from './stage-files.ts';

let root: string;
let umask: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drover-stage-'));
  umask = process.umask(0o077);
});
afterEach(() => {
  process.umask(umask);
  rmSync(root, { recursive: true, force: true });
});

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const modeOf = (path: string): string =>
  (statSync(join(root, 'made', path)).mode & 0o777).toString(8);

test('everybody may read what goes into an image, whatever the umask of this machine is', () => {
  const files = new Map([
    ['static/shared/notes', { bytes, executable: false }],
    ['static/run.sh', { bytes, executable: true }],
  ]);
  stageFiles(files, join(root, 'made'));
  expect(['', 'static', 'static/shared'].map(modeOf)).toEqual(['755', '755', '755']);
  expect(modeOf('static/shared/notes')).toBe('644');
  expect(modeOf('static/run.sh')).toBe('755');
  expect(readFileSync(join(root, 'made/static/run.sh'))).toEqual(Buffer.from(bytes));
});

test('what an earlier call left is gone', () => {
  mkdirSync(join(root, 'made'));
  writeFileSync(join(root, 'made', 'old'), 'x');
  stageFiles(new Map(), join(root, 'made'));
  expect(existsSync(join(root, 'made', 'old'))).toBe(false);
});
