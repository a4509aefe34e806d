import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { builtinTypes, variablesOf } from '../../shared/credentials/types.ts';
import { type Container, logged, makeContainer } from './container.ts';
import { describeInContainers } from './shells.ts';

describeInContainers('the credentials of a run', (shell) => {
  let container: Container;

  beforeEach(async () => {
    container = await makeContainer(shell);
  });
  afterEach(() => container.remove());

  const give = (path: string, value: string) =>
    container.write(`credentials/${path}`, value, 0o400);
  /** The variables with these names that run.sh has, as its JSON. */
  async function variables(
    credentials: readonly string[] | undefined,
    names: readonly string[],
    more: { env?: { [name: string]: string }; types?: object } = {},
  ): Promise<{ [name: string]: string }> {
    await container.write('static/run.sh', `#!/bin/sh\njq -cn '{env: env}'`, 0o755);
    const config = { credentials, ...(more.types && { credentialTypes: more.types }) };
    const { code, stdout } = await container.run({
      AGENT_CONFIG: JSON.stringify(config),
      ...more.env,
    });
    expect(code).toBe(0);
    const line = stdout.split('\n').find((text) => text.startsWith('{"env":')) ?? '{}';
    const { env } = JSON.parse(line) as { env: { [name: string]: string } };
    return Object.fromEntries(
      names.flatMap((name) => (name in env ? [[name, env[name] ?? '']] : [])),
    );
  }

  it('set the variables of every built-in type', async () => {
    const expected: { [name: string]: string } = {};
    for (const [type, known] of Object.entries(builtinTypes)) {
      const { env, paths = {} } = variablesOf(known);
      for (const field of Object.keys(known.fields))
        await give(`${type}/default/${field}`, ` ${type} "${field}"\n'x' \n`);
      for (const [field, names] of Object.entries(env)) {
        for (const name of names) expected[name] = `${type} "${field}"\n'x'`;
      }
      for (const [field, names] of Object.entries(paths)) {
        for (const name of names)
          expected[name] = `${container.directory}/credentials/${type}/default/${field}`;
      }
    }
    expect(await variables(Object.keys(builtinTypes), Object.keys(expected))).toEqual(expected);
  });

  it('are set for what the agent lists, or for all that is there where nothing is listed', async () => {
    await give('slack_bot_token/default/token', 's');
    await give('linear_token/default/token', 'l');
    const names = ['SLACK_BOT_TOKEN', 'LINEAR_API_TOKEN'];
    expect(await variables(['slack_bot_token'], names)).toEqual({ SLACK_BOT_TOKEN: 's' });
    expect(await variables(undefined, names)).toEqual({
      SLACK_BOT_TOKEN: 's',
      LINEAR_API_TOKEN: 'l',
    });
  });

  it('of several instances have names of their own', async () => {
    await give('slack_bot_token/default/token', 'd');
    await give('slack_bot_token/my-bot.2/token', 'b');
    await give('linear_token/one/token', '1');
    await give('linear_token/two/token', '2');
    const names = ['SLACK_BOT_TOKEN', 'SLACK_BOT_TOKEN_MY_BOT_2', 'SLACK_BOT_TOKEN_DEFAULT'];
    const listed = [
      'slack_bot_token:my-bot.2',
      'slack_bot_token',
      'linear_token:two',
      'linear_token:one',
    ];
    const linear = ['LINEAR_API_TOKEN', 'LINEAR_API_TOKEN_ONE', 'LINEAR_API_TOKEN_TWO'];
    expect(await variables(listed, [...names, ...linear])).toEqual({
      SLACK_BOT_TOKEN: 'd',
      SLACK_BOT_TOKEN_MY_BOT_2: 'b',
      LINEAR_API_TOKEN: '2',
      LINEAR_API_TOKEN_ONE: '1',
      LINEAR_API_TOKEN_TWO: '2',
    });
  });

  it('of types that the project declares are set as it says', async () => {
    await give('pager/default/key', 'p');
    const own = { pager: { env: { key: ['PAGER_KEY', 'not a name'] } } };
    expect(await variables(['pager'], ['PAGER_KEY'], { types: own })).toEqual({ PAGER_KEY: 'p' });
  });

  it('of the only instance of a type have the plain names alone', async () => {
    await give('x_twitter_user_oauth1/secret/access_token', 't');
    await give('x_twitter_user_oauth1/secret/access_token_secret', 's');
    const names = ['X_ACCESS_TOKEN', 'X_ACCESS_TOKEN_SECRET', 'X_ACCESS_TOKEN_SECRET_SECRET'];
    expect(await variables(['x_twitter_user_oauth1:secret'], names)).toEqual({
      X_ACCESS_TOKEN: 't',
      X_ACCESS_TOKEN_SECRET: 's',
    });
  });

  it('of a type that nobody declares are files, and no variable', async () => {
    await give('pager/default/key', 'p');
    expect(await variables(['pager'], ['KEY', 'PAGER_KEY', 'PAGER'])).toEqual({});
    expect(await container.read('credentials/pager/default/key')).toBe('p');
  });

  it('never take the place of a variable that the entry point works with', async () => {
    await give('pager/default/key', 'p');
    const own = { pager: { env: { key: ['work', 'config', 'stop', 'PAGER_KEY'] } } };
    expect(await variables(['pager'], ['work', 'PAGER_KEY'], { types: own })).toEqual({
      PAGER_KEY: 'p',
    });
  });

  it('come in variables too, which become files as they are, and leave the environment', async () => {
    const env = {
      AL_SECRET_slack_bot_token__my_x2dbot_x2e2__token: ' a\n"$(b)" \\\n\n',
      AL_SECRET_odd__name: 'x',
      'AL_SECRET_odd__.._x2f.._x2fup__token': 'x',
    };
    const names = ['SLACK_BOT_TOKEN', 'AL_CREDENTIALS_PATH', ...Object.keys(env)];
    const found = await variables(['slack_bot_token:my-bot.2'], names, { env });
    expect(found).toMatchObject({
      SLACK_BOT_TOKEN: ' a\n"$(b)" \\\n\n',
      AL_SECRET_odd__name: 'x',
    });
    expect(found).not.toHaveProperty('AL_SECRET_slack_bot_token__my_x2dbot_x2e2__token');
    const path = (found.AL_CREDENTIALS_PATH ?? '').slice(container.directory.length + 1);
    expect(await container.read(`${path}/slack_bot_token/my-bot.2/token`)).toBe(
      ' a\n"$(b)" \\\n\n',
    );
  });

  it('come from files and variables together, field by field, and the files count', async () => {
    await give('git_ssh/default/username', ' From the file \n');
    await give('linear_token/default/token', 'l\n');
    const env = {
      AL_SECRET_git_ssh__default__username: 'from the variable',
      AL_SECRET_git_ssh__default__email: 'a@b.example',
      AL_SECRET_slack_bot_token__default__token: 's',
    };
    const names = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'LINEAR_API_TOKEN', 'SLACK_BOT_TOKEN'];
    const listed = ['git_ssh', 'linear_token', 'slack_bot_token'];
    expect(await variables(listed, [...names, ...Object.keys(env)], { env })).toEqual({
      GIT_AUTHOR_NAME: 'From the file',
      GIT_AUTHOR_EMAIL: 'a@b.example',
      LINEAR_API_TOKEN: 'l',
      SLACK_BOT_TOKEN: 's',
    });
    expect(await container.read('credentials/git_ssh/default/username')).toBe(' From the file \n');
  });

  it.each([
    [
      'a credential that is missing',
      ['slack_bot_token:nobody'],
      1,
      'no credential slack_bot_token:nobody',
    ],
    [
      'instances whose names would be one',
      ['slack_bot_token:a-b', 'slack_bot_token:a.b'],
      13,
      'SLACK_BOT_TOKEN_A_B',
    ],
  ])('end the run for %s', async (_, credentials, code, why) => {
    await give('slack_bot_token/a-b/token', 'x');
    await give('slack_bot_token/a.b/token', 'x');
    const ran = await container.run({ AGENT_CONFIG: JSON.stringify({ credentials }) });
    expect(ran.code).toBe(code);
    expect(logged(ran.stdout, 'container entry error')).toEqual([
      { error: expect.stringContaining(why) },
    ]);
  });

  it('let git sign in at GitHub over HTTPS, and nowhere else', async () => {
    await give('github_token/default/token', 'ghp_x');
    const names = [
      'GIT_CONFIG_COUNT',
      ...['KEY', 'VALUE'].flatMap((part) => [0, 1, 2].map((n) => `GIT_CONFIG_${part}_${n}`)),
    ];
    const before = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.abbrev',
      GIT_CONFIG_VALUE_0: '9',
    };
    const found = await variables(['github_token'], names, { env: before });
    expect(found).toMatchObject({ ...before, GIT_CONFIG_COUNT: '3' });
    const ask = (host: string): string =>
      spawnSync('git', ['credential', 'fill'], {
        input: `protocol=https\nhost=${host}\n\n`,
        env: {
          PATH: process.env.PATH,
          HOME: container.scratch,
          GITHUB_TOKEN: 'ghp_x',
          GIT_TERMINAL_PROMPT: '0',
          GIT_ASKPASS: '',
          ...found,
        },
        encoding: 'utf8',
      }).stdout;
    expect(ask('github.com')).toContain('username=x-access-token\npassword=ghp_x\n');
    expect(ask('example.org')).not.toContain('ghp_x');
  });

  it('let git sign in with an SSH key, and commit in its name', async () => {
    await give('git_ssh/default/id_rsa', 'KEY\nOF MANY LINES');
    await give('git_ssh/default/username', 'Bo "B" Bot\n');
    await give('git_ssh/deploy/id_rsa', 'OTHER');
    const names = [
      'GIT_SSH_COMMAND',
      'GIT_SSH_COMMAND_DEPLOY',
      'GIT_AUTHOR_NAME',
      'GIT_COMMITTER_NAME',
      'GIT_AUTHOR_EMAIL',
    ];
    const key = `${container.scratch}/.ssh/id_rsa`;
    expect(await variables(['git_ssh', 'git_ssh:deploy'], names)).toEqual({
      GIT_SSH_COMMAND: expect.stringContaining(`ssh -i '${key}' `),
      GIT_SSH_COMMAND_DEPLOY: expect.stringContaining(`ssh -i '${key}_deploy' `),
      GIT_AUTHOR_NAME: 'Bo "B" Bot',
      GIT_COMMITTER_NAME: 'Bo "B" Bot',
    });
    expect(await container.read('tmp/.ssh/id_rsa')).toBe('KEY\nOF MANY LINES\n');
    expect(spawnSync('ls', ['-l', key], { encoding: 'utf8' }).stdout).toMatch(/^-rw-------/);
  });
});
