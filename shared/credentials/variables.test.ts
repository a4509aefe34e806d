import { describe, expect, it } from 'vitest';
import { parseReference } from './reference.ts';
import { assignVariables, collisionsOf } from './variables.ts';

const own = {
  pager: { description: '', fields: ['key'], env: { key: ['PAGER_KEY', 'PAGER_TOKEN'] } },
};
const assign = (...listed: string[]) =>
  assignVariables(
    listed.flatMap((text) => parseReference(text) ?? []),
    own,
  );
/** Instance by variable. */
const names = (...listed: string[]) =>
  Object.fromEntries(assign(...listed).map(({ name, instance }) => [name, instance]));

describe('the variables of credentials', () => {
  it('are plain for the instance default, wherever it is listed, or else for the first', () => {
    expect(names('linear_token:b')).toEqual({ LINEAR_API_TOKEN: 'b' });
    expect(names('linear_token:b', 'linear_token')).toEqual({
      LINEAR_API_TOKEN: 'default',
      LINEAR_API_TOKEN_B: 'b',
    });
    expect(names('linear_token:b', 'linear_token:My-bot')).toEqual({
      LINEAR_API_TOKEN: 'b',
      LINEAR_API_TOKEN_B: 'b',
      LINEAR_API_TOKEN_MY_BOT: 'My-bot',
    });
  });

  it('are set once for a credential that is listed twice', () => {
    expect(assign('linear_token', 'linear_token:default')).toHaveLength(1);
    expect(names('linear_token:b', 'linear_token:b')).toEqual({ LINEAR_API_TOKEN: 'b' });
  });

  it('are those that the project declares for its types, and none for what nobody declares', () => {
    expect(names('pager')).toEqual({ PAGER_KEY: 'default', PAGER_TOKEN: 'default' });
    expect(names('constructor')).toEqual({});
  });

  it('are paths where a program wants one, and git is set up for the plain instance', () => {
    expect(assign('gcp_service_account').map(({ kind }) => kind)).toEqual(['env', 'path']);
    const kinds = assign('github_token', 'github_token:b').flatMap(({ kind, instance }) =>
      kind === 'git_https' ? [instance] : [],
    );
    expect(kinds).toEqual(['default']);
    expect(names('git_ssh', 'git_ssh:b')).toMatchObject({
      GIT_SSH_COMMAND: 'default',
      GIT_SSH_COMMAND_B: 'b',
    });
  });

  it('collide where two instances come to one name, or an instance to the name of a field', () => {
    const collide = (...listed: string[]) => [...collisionsOf(assign(...listed)).keys()];
    expect(collide('linear_token:a-b', 'linear_token:a_b')).toEqual(['LINEAR_API_TOKEN_A_B']);
    expect(collide('x_twitter_user_oauth1', 'x_twitter_user_oauth1:secret')).toEqual([
      'X_ACCESS_TOKEN_SECRET',
    ]);
    expect(collide('x_twitter_user_oauth1:secret', 'github_token', 'github_token:b')).toEqual([]);
  });
});
