import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { publishes } from '../../infra/deployment/identities.ts';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { functionNames } from '../../infra/resources.ts';

/** Packages and files that are loaded with compiled modules, before anything in them is called. */
function loadedWith(entries: readonly string[]): { packages: Set<string>; files: Set<string> } {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(join(repositoryRoot(), 'dist', file), 'utf8');
    const { staticImports, staticExports } = parseSync(file, text).module;
    const names = [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries: all }) =>
        all.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      ),
    ];
    for (const name of names) {
      if (name.startsWith('.')) waiting.push(posix.join(posix.dirname(file), name));
      else packages.add(name);
    }
  }
  return { packages, files: seen };
}

describe('a new process', () => {
  it.each(functionNames)(
    'of %s loads no client of Google’s before its first request (D16)',
    (name) => {
      const { packages } = loadedWith([
        'functions/index.js',
        'functions/instance.js',
        `functions/${name}.js`,
      ]);
      expect(packages).toContain('@google-cloud/functions-framework');
      const clients = [...packages].filter((each) =>
        /^(@google-cloud\/(?!functions-framework)|@grpc\/|google-)/.test(each),
      );
      expect(clients).toEqual([]);
    },
  );

  it.each(functionNames)('of %s can publish events when it may, and only then', (name) => {
    const { files } = loadedWith([`functions/${name}.js`]);
    expect(files.has('shared/events/publish.js')).toBe(publishes[name] !== undefined);
  });
});
