import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The files that a Node with these arguments has loaded by its end, as V8 counts them for coverage (Node's `NODE_V8_COVERAGE`). */
export function loadedModules(args: readonly string[]): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'drover-modules-'));
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: directory };
    execFileSync(process.execPath, args, { env, stdio: 'ignore' });
    const [file = ''] = readdirSync(directory);
    const { result } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
      result: { url: string }[];
    };
    const urls = new Set(result.map(({ url }) => url).filter((url) => url.startsWith('file:')));
    return [...urls].map((url) => fileURLToPath(url));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
