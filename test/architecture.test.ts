import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Source {
  /** Path below the root. */
  file: string;
  text: string;
  /** What it imports: packages by name, our own files by path below the root. */
  imports: string[];
}

function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => read(join(folder, path))),
  );
}

function read(file: string): Source {
  const text = readFileSync(join(root, file), 'utf8');
  const imports = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, specifier = '']) =>
    specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier,
  );
  return { file, text, imports };
}

/** The imports of `sources` that `wrong` says no to, as `file -> import`. */
function offences(sources: Source[], wrong: (imported: string, file: string) => boolean): string[] {
  return sources.flatMap(({ file, imports }) =>
    imports.filter((imported) => wrong(imported, file)).map((imported) => `${file} -> ${imported}`),
  );
}

const shared = sourcesIn('shared');
const domain = shared.filter(({ file }) => !file.startsWith('shared/cloud/'));
const all = sourcesIn('shared', 'functions', 'infra');

describe('imports', () => {
  it('are found at all, so that the rules below can fail', () => {
    expect(domain.length).toBeGreaterThan(30);
    expect(offences(domain, (imported) => imported.startsWith('shared/ports/'))).not.toEqual([]);
  });

  it('run from functions to the domain, never back', () => {
    expect(offences(shared, (imported) => /^(functions|infra|test)\//.test(imported))).toEqual([]);
    expect(
      offences(sourcesIn('functions'), (imported) => /^(infra|test)\//.test(imported)),
    ).toEqual([]);
    expect(offences(all, (imported) => imported.startsWith('test/'))).toEqual([]);
  });

  it('of Google clients stand in shared/cloud/ alone', () => {
    const google = /^(@google-cloud\/|google-gax|google-auth-library|@grpc\/)/;
    const allowed =
      /^(shared\/cloud\/|infra\/local\/wire\/|infra\/local\/functions-host\.ts|functions\/index\.ts)/;
    expect(offences(all, (imported, file) => google.test(imported) && !allowed.test(file))).toEqual(
      [],
    );
  });

  it('of the domain know neither HTTP nor the adapters', () => {
    const outside = /^(hono|@hono\/|node:http|node:net|shared\/cloud\/)/;
    expect(offences(domain, (imported) => outside.test(imported))).toEqual([]);
  });

  it('of an engine are engines: no wire, no driver, no process', () => {
    const engines = sourcesIn('infra/local/engines');
    const outside =
      /^(infra\/local\/(?!engines\/)|functions\/|node:(fs|http|net|child_process|timers))/;
    expect(offences(engines, (imported) => outside.test(imported))).toEqual([]);
  });

  it('of a function are its own, the shared HTTP parts and the domain: none imports another', () => {
    const entries = /^functions\/(webhook|dispatch|poll|tick|gateway|control|logs)\.ts$/;
    const others = sourcesIn('functions').filter(({ file }) => file !== 'functions/index.ts');
    expect(offences(others, (imported) => entries.test(imported))).toEqual([]);
  });
});

describe('time, chance and environment', () => {
  const outside =
    /Date\.now\(|new Date\(\)|Math\.random\(|\bset(Timeout|Interval|Immediate)\(|process\.env/;

  it('come into the domain and the engines through what they are given (D12)', () => {
    const pure = [...domain, ...sourcesIn('infra/local/engines')];
    expect(pure.filter(({ text }) => outside.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('are read from the environment in one place of the functions', () => {
    const readers = sourcesIn('functions').filter(({ text }) => text.includes('process.env'));
    expect(readers.map(({ file }) => file)).toEqual(['functions/index.ts']);
  });
});
