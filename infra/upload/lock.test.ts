import { describe, expect, it } from 'vitest';
import { type LockFile, lockOf } from './lock.ts';

const at = (version: string, more: object = {}): object => ({ version, ...more });

/** A lock file with these packages; what the project itself needs does not matter. */
function locked(packages: { [path: string]: object }): LockFile {
  return { lockfileVersion: 3, packages: { '': {}, ...packages } };
}

function pathsFor(whole: LockFile, ...names: string[]): string[] {
  const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const { packages } = lockOf(whole, { name: 'drover', version: '0.1.0', dependencies });
  return Object.keys(packages).filter((path) => path !== '');
}

describe('the lock file of an upload', () => {
  it('has what is asked for, what that needs, and nothing else', () => {
    const whole = locked({
      'node_modules/a': at('1.0.0', { dependencies: { b: '^1.0.0' } }),
      'node_modules/b': at('1.2.0'),
      'node_modules/c': at('1.0.0', { dev: true }),
    });
    expect(pathsFor(whole, 'a')).toEqual(['node_modules/a', 'node_modules/b']);
  });

  it('has, of two versions of a package, the one that Node would find', () => {
    const whole = locked({
      'node_modules/a': at('1.0.0', { dependencies: { b: '^2.0.0' } }),
      'node_modules/a/node_modules/b': at('2.0.0', { dependencies: { c: '1.0.0' } }),
      'node_modules/b': at('1.0.0'),
      'node_modules/c': at('1.0.0'),
    });
    expect(pathsFor(whole, 'a')).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });

  it('finds what a package with a scope needs beside it', () => {
    const whole = locked({
      'node_modules/@s/a': at('1.0.0', { dependencies: { '@s/b': '1.0.0' } }),
      'node_modules/@s/b': at('1.0.0'),
    });
    expect(pathsFor(whole, '@s/a')).toEqual(['node_modules/@s/a', 'node_modules/@s/b']);
  });

  it('goes round in circles only once, and does without what is optional', () => {
    const whole = locked({
      'node_modules/a': at('1.0.0', { dependencies: { b: '1' }, optionalDependencies: { x: '1' } }),
      'node_modules/b': at('1.0.0', { dependencies: { a: '1' }, peerDependencies: { y: '1' } }),
    });
    expect(pathsFor(whole, 'a')).toEqual(['node_modules/a', 'node_modules/b']);
  });

  it('cannot be made of one that lacks something', () => {
    const whole = locked({ 'node_modules/a': at('1.0.0', { dependencies: { b: '1' } }) });
    expect(() => pathsFor(whole, 'a')).toThrow('has no b, which node_modules/a needs');
    expect(() => pathsFor(whole, 'c')).toThrow('has no c, which drover needs');
  });
});
