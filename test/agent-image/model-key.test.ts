import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Container, makeContainer } from './container.ts';
import { agents } from './events.ts';
import { describeInContainers } from './shells.ts';

const standIn = readFileSync(new URL('stand-in.sh', import.meta.url), 'utf8');

describeInContainers('the key of a model', (shell) => {
  let container: Container;

  beforeEach(async () => {
    container = await makeContainer(shell);
    await container.write('bin/claude', standIn, 0o755);
    const events = (agents.claude?.works ?? []).map((event) => `${JSON.stringify(event)}\n`);
    await container.write('claude.events', events.join(''));
  });
  afterEach(() => container.remove());

  it.each([
    ['is that of the instance default', ['default', 'a'], undefined, 'default'],
    ['is that of whichever instance is there', ['work-2'], undefined, 'work-2'],
    ['is that of the instance that the agent lists', ['default', 'work'], ['work'], 'work'],
    ['is that of default if it is listed', ['a', 'default'], ['a', 'default'], 'default'],
    ['is else that of the first that is listed', ['a', 'b', 'default'], ['b', 'a'], 'b'],
  ])('%s', async (_, there, listed, taken) => {
    for (const instance of there) {
      await container.write(`credentials/anthropic_key/${instance}/token`, `key of ${instance}\n`);
    }
    const ran = await container.run({
      STAND_IN_DIRECTORY: container.directory,
      AGENT_CONFIG: JSON.stringify({
        models: [{ provider: 'anthropic', model: 'm-1' }],
        credentials: listed?.map((instance) => `anthropic_key:${instance}`),
      }),
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const environment = JSON.parse(await container.read('claude.environment')) as object;
    expect(environment).toMatchObject({ ANTHROPIC_API_KEY: `key of ${taken}` });
  });

  it('may come in a variable, and is not in the environment of the work beside the one it has', async () => {
    const ran = await container.run({
      STAND_IN_DIRECTORY: container.directory,
      AL_SECRET_anthropic_key__team_x2d1__token: 'key of a team',
      AGENT_CONFIG: JSON.stringify({
        models: [{ provider: 'anthropic', model: 'm-1' }],
        credentials: ['anthropic_key:team-1'],
      }),
    });
    expect(ran.code).toBe(0);
    const environment = Object.entries(
      JSON.parse(await container.read('claude.environment')) as { [name: string]: string },
    );
    const holders = environment.flatMap(([name, value]) =>
      value === 'key of a team' ? [name] : [],
    );
    expect(holders).toEqual(['ANTHROPIC_API_KEY']);
  });
});
