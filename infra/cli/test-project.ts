import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A project that can run, with one agent whose credential is mounted directly. */
export const projectFiles: { readonly [path: string]: string } = {
  'config.toml': 'projectName = "herd"\n[webhooks.code]\ntype = "github"\ncredential = "default"\n',
  'agents/dev/SKILL.md': 'Mend it.',
  'agents/dev/config.toml':
    'credentials = ["github_token"]\ncredentials_delivery = "direct"\n[[webhooks]]\nsource = "code"\n',
};

const made: string[] = [];

/** A directory with these files. */
export function directoryWith(files: { readonly [path: string]: string }): string {
  const directory = mkdtempSync(join(tmpdir(), 'drover-cli-'));
  made.push(directory);
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}

/** Removes all that {@link directoryWith} made. */
export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}
