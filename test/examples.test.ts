import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../infra/local/repository.ts';
import { readProject } from '../infra/project-files.ts';

const examples = join(repositoryRoot(), 'examples');
/** Those that are projects; `subscriber` is a program beside one. */
const projects = readdirSync(examples).filter((name) =>
  existsSync(join(examples, name, 'config.toml')),
);

/** Notes that an example shows on purpose. */
const meant: { [name: string]: { field: string }[] } = { pasture: [{ field: 'scale' }] };

/** As this machine's own environments and variables do not change it. */
function read(name: string) {
  const home = join(tmpdir(), 'nobody-lives-here');
  return readProject(join(examples, name), (agent) => `image/${agent}`, { environment: '', home });
}

function agentDirectories(name: string): string[] {
  return readdirSync(join(examples, name, 'agents')).map((agent) =>
    join(examples, name, 'agents', agent),
  );
}

describe('the examples', () => {
  it.each(projects)('%s has no problem, and every note is meant', (name) => {
    const parsed = read(name);
    expect(parsed).toMatchObject({ ok: true, warnings: meant[name] ?? [] });
    const agents = parsed.ok ? Object.keys(parsed.project.agents) : [];
    expect(agents).toHaveLength(agentDirectories(name).length);
  });

  it.each(projects)('%s can be started: its scripts are executable', (name) => {
    for (const directory of agentDirectories(name)) {
      if (!readdirSync(directory).includes('run.sh')) continue;
      expect(statSync(join(directory, 'run.sh')).mode & 0o111, directory).toBe(0o111);
    }
  });

  it('dev gets the key of its model beside the token, and keeps to one run an issue', () => {
    const parsed = read('dev');
    expect(parsed.ok && parsed.project.agents.dev).toMatchObject({
      credentials: ['github_token:default', 'anthropic_key:default'],
      models: [{ provider: 'anthropic' }],
      webhooks: [{ filters: { events: ['issues'], actions: ['labeled'], labels: ['agent'] } }],
      concurrency: { key: '{repo}#{number}' },
    });
  });

  it('own-image runs an image of its own', () => {
    const parsed = read('own-image');
    expect(parsed.ok && parsed.project.agents.courier?.image).toMatch(/\/courier$/);
  });
});
