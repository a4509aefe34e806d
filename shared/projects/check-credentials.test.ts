import { describe, expect, it } from 'vitest';
import { agentOf, problemsOf, warningsOf, withOne } from './test-project.ts';

describe('the credentials of an agent', () => {
  it('of a type that nobody declares are noted, with the type that was probably meant', () => {
    const files = withOne('credentials = ["github_token", "githb_token:work", "zzz"]');
    const message = (type: string): string =>
      `the type ${type} is neither built in nor declared: its files are there, and it sets no variable`;
    expect(warningsOf(files)).toEqual({
      where: ['agents/one/config.toml:1: credentials.1', 'agents/one/config.toml:1: credentials.2'],
      messages: [
        `${message('githb_token')}; did you mean github_token? [credentials.githb_token] in config.toml would declare it`,
        `${message('zzz')}; [credentials.zzz] in config.toml would declare it`,
      ],
    });
    expect(agentOf('credentials = ["zzz"]').credentials).toEqual(['zzz:default']);
  });

  it('may be for webhooks, models or the control API: nothing is noted', () => {
    const listed =
      '["slack_signing_secret", "xai_key:a", "gateway_api_key", "generic_webhook_secret"]';
    expect(warningsOf(withOne(`credentials = ${listed}`)).messages).toEqual([]);
  });

  it('that would set one variable are a problem, at the later one', () => {
    const listed = ['linear_token', 'linear_token:a-b', 'linear_token:a_b'];
    expect(problemsOf(withOne(`credentials = ${JSON.stringify(listed)}`))).toEqual({
      where: ['agents/one/config.toml:1: credentials.2'],
      messages: [
        'LINEAR_API_TOKEN_A_B would be set by linear_token:a-b (token) and linear_token:a_b (token); name an instance or a variable otherwise',
      ],
    });
    const own = '[credentials.pager]\nfields = ["key"]\nenv = { key = "GITHUB_TOKEN" }\n';
    const both = problemsOf(withOne('credentials = ["pager", "github_token"]', own));
    expect(both.where).toEqual(['agents/one/config.toml:1: credentials.1']);
    expect(problemsOf(withOne('credentials = ["pager"]', own)).messages).toEqual([]);
  });

  it('that set what the agent sets itself are noted there', () => {
    const agent = 'credentials = ["github_token"]\n[env]\nGH_TOKEN = "x"\nOTHER = "x"\n';
    expect(warningsOf(withOne(agent))).toEqual({
      where: ['agents/one/config.toml:3: env.GH_TOKEN'],
      messages: ['the credential github_token:default (token) sets it instead'],
    });
  });
});
