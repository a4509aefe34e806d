import { describe, expect, it } from 'vitest';
import { agentConfig } from './agent-config.ts';
import { agentOf, problemsOf, warningsOf, withOne } from './test-project.ts';

const pager = `[credentials.pager]
description = "opens the pager"
fields = ["key", "account"]
env = { key = "PAGER_KEY", account = ["PAGER_ACCOUNT", "PAGER_USER"] }
`;
const siren = '[credentials.siren]\nfields = ["token"]\n';

describe('types of credentials that a project declares', () => {
  it('go into the release and into the container with the agents that list them', () => {
    const agent = agentOf('credentials = ["pager:main", "github_token"]', pager + siren);
    const types = {
      pager: {
        description: 'opens the pager',
        fields: ['key', 'account'],
        env: { key: ['PAGER_KEY'], account: ['PAGER_ACCOUNT', 'PAGER_USER'] },
      },
    };
    expect(agent.credentialTypes).toEqual(types);
    expect(JSON.parse(agentConfig('one', agent))).toMatchObject({
      credentials: ['pager:main', 'github_token:default'],
      credentialTypes: types,
    });
    expect(agentOf('', pager).credentialTypes).toEqual({});
  });

  it('need no description and no variable', () => {
    const { credentialTypes } = agentOf('credentials = ["siren"]', siren);
    expect(credentialTypes).toEqual({ siren: { description: '', fields: ['token'], env: {} } });
  });

  it('are known to the agents that list them', () => {
    expect(warningsOf(withOne('credentials = ["pager", "siren:a"]', pager + siren))).toEqual({
      where: [],
      messages: [],
    });
  });

  it('may be called like something that every object has', () => {
    const own = '[credentials.constructor]\nfields = ["key"]\n';
    const { credentialTypes } = agentOf('credentials = ["constructor"]', own);
    expect(Object.hasOwn(credentialTypes, 'constructor')).toBe(true);
    expect(credentialTypes.constructor).toMatchObject({ fields: ['key'] });
    expect(warningsOf(withOne('credentials = ["constructor"]')).messages).toHaveLength(1);
  });

  it('are merged from all layers', () => {
    const files = {
      ...withOne('credentials = ["siren"]', siren),
      '.env.toml': '[credentials.siren.env]\ntoken = "SIREN"\n',
    };
    expect(problemsOf(files).messages).toEqual([]);
  });

  it.each([
    ['github_token', 'fields = ["x"]', 'github_token', /^is built in/],
    ['Pager', 'fields = ["x"]', 'Pager', /^not the name of a type/],
    ['"a-b"', 'fields = ["x"]', 'a-b', /^not the name of a type/],
    ['x', '', 'x.fields', /^missing; expected a list of up to 20 names/],
    ['x', 'fields = []', 'x.fields', /^found an empty list/],
    ['x', 'fields = ["a b"]', 'x.fields.0', /^"a b" is not the name of a field/],
    ['x', 'fields = ["a/b"]', 'x.fields.0', /^"a\/b" is not/],
    ['x', 'fields = ["a", "b", "a"]', 'x.fields.2', /^"a" is there already$/],
    ['x', 'fields = ["token"]\nenv.tokn = "X"', 'x.env.tokn', /not a field of it; did you mean t/],
    ['x', 'fields = ["a"]\nenv.a = "x y"', 'x.env.a', /^"x y" is not the name of a variable/],
    ['x', 'fields = ["a"]\nenv.a = "work"', 'x.env.a', /upper-case/],
    ['x', 'fields = ["a"]\nenv.a = ["X", "a"]', 'x.env.a.1', /upper-case/],
    ['x', 'fields = ["a"]\nenv.a = "PATH"', 'x.env.a', /every container needs/],
    ['x', 'fields = ["a"]\nenv.a = "PROMPT"', 'x.env.a', /each run gets from Drover/],
    ['x', 'fields = ["a"]\nenv.a = "AL_X"', 'x.env.a', /kept for Drover/],
    ['x', 'fields = ["a"]\nenv.a = 1', 'x.env.a', /the number 1/],
    ['x', 'fields = ["a", "b"]\nenv = { a = "X", b = "X" }', 'x.env.b', /^X is set by the field a/],
    ['x', 'fields = ["a"]\nenv = { a = ["X", "X"] }', 'x.env.a', /^X is set by the field a/],
    ['x', 'fields = ["a"]\nvariables = 1', 'x.variables', /^unknown field/],
  ])('are checked: %s, %j', (type, fields, field, message) => {
    const { where, messages } = problemsOf(withOne('', `[credentials.${type}]\n${fields}\n`));
    expect(where.map((place) => place.split(': ')[1])).toEqual([`credentials.${field}`]);
    expect(messages[0]).toMatch(message);
  });
});
