import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findEmulator } from './find.ts';

let home: string;
const program = (folder: string, name: string): string => {
  const file = join(home, folder, name);
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
};
const find = () => findEmulator('some-emulator', /^some-.*\.jar$/);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drover-emulators-'));
  for (const folder of ['bin', 'sdk/bin', 'sdk/platform/some-emulator']) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  vi.stubEnv('PATH', join(home, 'bin'));
  vi.stubEnv('DROVER_EMULATORS_DIR', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test('without java, says so', () => {
  expect(find()).toEqual({ missing: 'no java on the PATH' });
});

test('without gcloud and without DROVER_EMULATORS_DIR, says so', () => {
  program('bin', 'java');
  expect(find()).toEqual({
    missing: 'no gcloud on the PATH, and DROVER_EMULATORS_DIR is not set',
  });
});

test('without the component, says where it looked', () => {
  program('bin', 'java');
  vi.stubEnv('DROVER_EMULATORS_DIR', join(home, 'nowhere'));
  expect(find()).toEqual({ missing: `no folder ${join(home, 'nowhere', 'some-emulator')}` });
});

test('with a component that lacks its jar, says so', () => {
  program('bin', 'java');
  program('sdk/platform/some-emulator', 'other.jar');
  vi.stubEnv('DROVER_EMULATORS_DIR', join(home, 'sdk/platform'));
  expect(find()).toEqual({ missing: `no jar in ${join(home, 'sdk/platform/some-emulator')}` });
});

test('finds the jar beside the gcloud that the PATH links to', () => {
  const java = program('bin', 'java');
  const jar = program('sdk/platform/some-emulator', 'some-1.2.jar');
  symlinkSync(program('sdk/bin', 'gcloud'), join(home, 'bin/gcloud'));
  expect(find()).toEqual({ java, jar });
});

test('prefers DROVER_EMULATORS_DIR', () => {
  const java = program('bin', 'java');
  symlinkSync(program('sdk/bin', 'gcloud'), join(home, 'bin/gcloud'));
  mkdirSync(join(home, 'mine/some-emulator'), { recursive: true });
  const jar = program('mine/some-emulator', 'some-1.3.jar');
  vi.stubEnv('DROVER_EMULATORS_DIR', join(home, 'mine'));
  expect(find()).toEqual({ java, jar });
});
