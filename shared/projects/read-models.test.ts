import { describe, expect, it } from 'vitest';
import { agentOf, problemsOf, warningsOf, withOne } from './test-project.ts';

const models = `[models.big]
provider = "anthropic"
model = "m"
thinkingLevel = "high"
[models.small]
provider = "openai"
model = "s"
authType = "oauth_token"
`;

describe('models', () => {
  it('are those of the project, in the agent’s order, with an API key unless they say otherwise', () => {
    expect(agentOf('models = ["small", "big"]', models).models).toEqual([
      { provider: 'openai', model: 's', authType: 'oauth_token' },
      { provider: 'anthropic', model: 'm', authType: 'api_key', thinkingLevel: 'high' },
    ]);
    expect(agentOf('', models).models).toEqual([]);
  });

  it('bring the key of their provider, each once: the instance that the agent lists, or else default', () => {
    const agent = 'models = ["small", "big"]\ncredentials = ["openai_key", "anthropic_key:work"]';
    expect(agentOf(agent, models).credentials).toEqual([
      'openai_key:default',
      'anthropic_key:work',
    ]);
    expect(agentOf('models = ["small", "big"]', models).credentials).toEqual([
      'openai_key:default',
      'anthropic_key:default',
    ]);
  });

  it('that the project does not have are a problem', () => {
    expect(problemsOf(withOne('models = ["big", "smal", "toString"]', models))).toEqual({
      where: ['agents/one/config.toml:1: models.1', 'agents/one/config.toml:1: models.2'],
      messages: [
        '"smal" is not a model of the project; did you mean small?',
        '"toString" is not a model of the project; it has big, small',
      ],
    });
  });

  it('of Vertex AI bring no key, and any may name the coding agent that works with it', () => {
    const own = '[models.m]\nprovider = "vertex"\nmodel = "g"\nharness = "gemini"\n';
    const { models: read, credentials } = agentOf('models = ["m"]', own);
    expect(read).toEqual([
      { provider: 'vertex', model: 'g', authType: 'api_key', harness: 'gemini' },
    ]);
    expect(credentials).toEqual([]);
    expect(warningsOf(withOne('models = ["m"]', own)).messages).toEqual([]);
    expect(problemsOf(withOne('', own.replace('"gemini"', '"gemni"'))).messages).toEqual([
      expect.stringContaining('expected "claude", "gemini", "codex" or "pi"'),
    ]);
  });

  it('that need a person are a problem', () => {
    const { where } = problemsOf(
      withOne(
        '',
        `${models.trimEnd()}\n[models.me]\nprovider = "openai"\nmodel = "x"\nauthType = "pi_auth"\n`,
      ),
    );
    expect(where).toEqual(['config.toml:12: models.me.authType']);
  });

  it('of a provider that no container knows are a warning, and bring no key', () => {
    const own = '[models.m]\nprovider = "antropic"\nmodel = "x"\n';
    expect(warningsOf(withOne('', own)).messages).toEqual([
      '"antropic" is no provider that a container knows; did you mean anthropic?',
    ]);
    expect(agentOf('models = ["m"]', own).credentials).toEqual([]);
  });

  it('of a custom provider need an address', () => {
    const own = '[models.m]\nprovider = "custom"\nmodel = "x"\n';
    expect(warningsOf(withOne('', own)).messages).toEqual(['"custom" needs a baseUrl']);
    expect(warningsOf(withOne('', `${own}baseUrl = "http://h/v1"`)).messages).toEqual([]);
    expect(problemsOf(withOne('', `${own}baseUrl = "ftp://h"`)).where).toEqual([
      'config.toml:4: models.m.baseUrl',
    ]);
  });
});
