import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';

const made: string[] = [];

/** A directory of its own, removed by {@link removeDirectories}. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'drover-e2e-'));
  made.push(directory);
  return directory;
}

export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

/** A fresh copy of an example, as a newcomer has it. */
export function exampleProject(name: 'triage' | 'pasture' | 'planner' = 'triage'): string {
  const directory = join(temporaryDirectory(), name);
  cpSync(join(repositoryRoot(), 'examples', name), directory, {
    recursive: true,
    filter: (path) => !path.endsWith('.drover'),
  });
  return directory;
}

/** What signs the deliveries of the projects made here. */
export const signingSecret = 'a secret between GitHub and us';

/** A project of these files, by path. A `run.sh` is made executable. */
export function projectWith(files: { [path: string]: string }): string {
  const directory = join(temporaryDirectory(), 'project');
  const all = {
    '.drover/credentials/github_webhook_secret/default/secret': signingSecret,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (path.endsWith('run.sh')) chmodSync(file, 0o755);
  }
  return directory;
}

/** The project file of one GitHub source, `github`. */
export const withGithub = '[webhooks.github]\ntype = "github"\n';

/** The files of an agent that runs for every event of `github`. */
export function agentFiles(name: string, script: string, config = ''): { [path: string]: string } {
  return {
    [`agents/${name}/SKILL.md`]: 'Do it.\n',
    [`agents/${name}/config.toml`]: `${config}\n[[webhooks]]\nsource = "github"\n`,
    [`agents/${name}/run.sh`]: script,
  };
}
