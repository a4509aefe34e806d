import { afterAll, describe, expect, it } from 'vitest';
import { directoryWith, projectFiles, removeDirectories } from '../cli/test-project.ts';
import { checkFiles } from './check-files.ts';

afterAll(removeDirectories);

const filed = {
  'config.toml':
    'projectName = "herd"\n[webhooks.code]\ntype = "github"\ngithub_webhook_secret = "default"\n',
  '.drover/credentials/github_token/default/token': 'ghp_secret\n',
  '.drover/credentials/github_webhook_secret/default/secret': 'hook\n',
};

async function found(files: { readonly [path: string]: string }) {
  const home = directoryWith({});
  const { findings, project } = await checkFiles(
    directoryWith({ ...projectFiles, ...filed, ...files }),
    { home },
  );
  return {
    project,
    lines: findings.map(({ code, subject, what }) => `${code} ${subject} ${what}`),
  };
}

describe('what lies on this machine', () => {
  it('has nothing to mend when it can be started and deployed', async () => {
    const { lines, project } = await found({});
    expect(lines).toEqual([]);
    expect(Object.keys(project?.agents ?? {})).toEqual(['dev']);
  });

  it.each([
    ['a schedule', 'schedule = "61 * * * *"\n', /agents\/dev\/config.toml:\d+ .*schedule/],
    [
      'a filter',
      '[[webhooks]]\nsource = "code"\nevens = ["issues"]\n',
      /agents\/dev\/config.toml:\d+ .*evens/,
    ],
    ['a source', '[[webhooks]]\nsource = "core"\n', /agents\/dev\/config.toml:\d+ .*core/],
  ])('is judged as a deployment does: %s that cannot be', async (_, text, expected) => {
    const { lines, project } = await found({ 'agents/dev/config.toml': text });
    expect(project).toBeNull();
    expect(lines).toContainEqual(expect.stringMatching(/^PROJECT_FILES_WRONG /));
    expect(lines.join('\n')).toMatch(expected);
  });

  it('names an agent whose name cannot be one, and drover.toml', async () => {
    const { lines } = await found({
      'agents/Dev One/SKILL.md': 'Work.',
      'drover.toml': 'project = "X"\n',
    });
    expect(lines.join('\n')).toMatch(/PROJECT_FILES_WRONG agents\/Dev One/);
    expect(lines.join('\n')).toMatch(/WRONG_CONFIGURATION drover.toml .*project/);
  });

  it('warns of a credential that lies nowhere, and of one with other fields', async () => {
    const { lines } = await found({
      'agents/dev/config.toml': 'credentials = ["github_token", "anthropic_key"]\n',
      '.drover/credentials/github_token/default/token': 'x',
      '.drover/credentials/github_token/default/tokem': 'x',
    });
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'CREDENTIAL_FIELDS credential github_token:default',
      'CREDENTIAL_NOT_HERE credential anthropic_key:default',
    ]);
  });

  it('refuses an empty value as a deployment does', async () => {
    const { lines } = await found({ '.drover/credentials/github_token/default/token': '\n' });
    expect(lines).toEqual([expect.stringMatching(/^CREDENTIAL_WRONG credentials .*is empty/)]);
  });
});
