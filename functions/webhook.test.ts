import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Packages and modules of Node's that a file loads when it is loaded, itself or by what it imports. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const text = readFileSync(file, 'utf8').replaceAll(/import type [\s\S]*?;\n/g, '');
  for (const [, specifier = ''] of text.matchAll(/^(?:import|export|\}) .*?from '([^']+)';$/gms)) {
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const name of loadedBy(join(dirname(file), specifier), seen)) packages.add(name);
  }
  return packages;
}

describe('the webhook function', () => {
  it('loads, cold, nothing but routing and signatures: no schema, no expression engine (D16)', () => {
    const entry = fileURLToPath(new URL('webhook.ts', import.meta.url));
    const seen = new Set<string>();
    const packages = [...loadedBy(entry, seen)].filter((name) => !name.startsWith('node:'));
    const provider = new URL('../shared/webhooks/providers/twitter.ts', import.meta.url);
    expect(seen).toContain(fileURLToPath(provider));
    expect(packages.sort()).toEqual(['hono', 'hono/http-exception']);
  });
});
