import { describe, expect, it } from 'vitest';
import { problemsOf, projectOf, warningsOf, withOne } from './test-project.ts';

const source = (fields: string): string => `[webhooks.main]\n${fields}\n`;
const read = (fields: string) => projectOf(withOne('', source(fields))).sources.main;

describe('a webhook source', () => {
  it('has the instances of its secret that it names, several while one is replaced', () => {
    const all = { type: 'github', allowUnsigned: false, options: {} };
    expect(read('type = "github"')).toEqual({ ...all, secrets: ['default'] });
    expect(read('type = "github"\ngithub_webhook_secret = "Org-1"')).toEqual({
      ...all,
      secrets: ['Org-1'],
    });
    expect(read('type = "github"\ngithub_webhook_secret = ["new", "old", "new"]')).toEqual({
      ...all,
      secrets: ['new', 'old'],
    });
  });

  it('is named by the older credential too, which is noted and comes second', () => {
    const old = 'type = "github"\ncredential = "x"';
    expect(read(old)?.secrets).toEqual(['x']);
    expect(read(`${old}\ngithub_webhook_secret = "y"`)?.secrets).toEqual(['y']);
    expect(warningsOf(withOne('', source(old)))).toEqual({
      where: ['config.toml:3: webhooks.main.credential'],
      messages: [
        'an old name: write the name of the credential as the field, such as github_webhook_secret = "default"',
      ],
    });
  });

  it('has no secret when its type has none, and says whether it takes what is unsigned', () => {
    expect(read('type = "test"')?.secrets).toEqual([]);
    expect(read('type = "sentry"\nallowUnsigned = true')?.allowUnsigned).toBe(true);
  });

  it('has the settings of its type', () => {
    expect(read('type = "generic"\nsignatureHeader = "X-Sig"')?.options).toEqual({
      signatureHeader: 'X-Sig',
    });
  });

  it.each([
    ['type = "githb"', 'type', /"sentry".*; did you mean "github"\?$/],
    ['type = "pager"', 'type', /^found "pager"; expected "github", /],
    ['credential = "main"', 'type', /^missing; expected "github", /],
    ['type = "github"\ngithub_webhook_secret = "a b"', 'github_webhook_secret', /^"a b" is not/],
    ['type = "github"\ngithub_webhook_secret = []', 'github_webhook_secret', /empty list/],
    ['type = "github"\ngithub_webhook_secret = [1]', 'github_webhook_secret.0', /the number 1/],
    [
      'type = "github"\nlinear_webhook_secret = "x"',
      'linear_webhook_secret',
      /^not a field of type github, which has github_webhook_secret$/,
    ],
    ['type = "github"\nsignatureHeader = "x"', 'signatureHeader', /^not a field of type github/],
    ['type = "github"\ngithub_webhok_secret = "x"', 'github_webhok_secret', /did you mean github_/],
    ['type = "generic"\nsignatureHeader = "a b"', 'signatureHeader', /^found "a b"; expected/],
    ['type = "generic"\nsignatureEncoding = "hx"', 'signatureEncoding', /"hex" or "base64"/],
    ['type = "github"\nallowUnsigned = "yes"', 'allowUnsigned', /expected true or false/],
  ])('is held to its type: %s', (fields, field, message) => {
    const { where, messages } = problemsOf(withOne('', source(fields)));
    expect(where.map((place) => place.split(': ')[1])).toEqual([`webhooks.main.${field}`]);
    expect(messages[0]).toMatch(message);
  });

  it.each(['a/b', '', '-a', 'ä', 'a'.repeat(64)])('may not be called %j', (name) => {
    const { where, messages } = problemsOf(withOne('', `[webhooks."${name}"]\ntype = "test"\n`));
    const shown = name === '-a' || name.length > 60 ? name : `"${name}"`;
    expect(where).toEqual([`config.toml:1: webhooks.${shown}`]);
    expect(messages[0]).toMatch(/^not a name/);
  });

  it('may be called like something that every object has', () => {
    const files = withOne(
      '[[webhooks]]\nsource = "constructor"\n',
      '[webhooks.constructor]\ntype = "test"\n',
    );
    expect(Object.keys(projectOf(files).sources)).toEqual(['constructor']);
    const unknown = problemsOf(withOne('[[webhooks]]\nsource = "toString"\n'));
    expect(unknown.where).toEqual(['agents/one/config.toml:2: webhooks.0.source']);
  });
});
