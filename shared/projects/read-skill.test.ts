import { describe, expect, it } from 'vitest';
import { agentOf, parse, problemsOf, warningsOf, withOne } from './test-project.ts';

describe('SKILL.md', () => {
  it('gives the instructions without its front matter, and the description from it', () => {
    const text =
      '---\nname: x\ndescription: Counts\nlicense: MIT\ncompatibility: all\n---\n\n# Count\n\n---\nIt.\n';
    expect(agentOf('', '', text)).toMatchObject({
      description: 'Counts',
      skill: '# Count\n\n---\nIt.',
    });
  });

  it.each([
    ['no front matter', 'Do it.'],
    ['an empty one', '---\n---\nDo it.'],
    ['one of comments', '---\n# nothing\n---\nDo it.'],
    ['line ends of Windows', '---\r\ndescription: ""\r\n---\r\nDo it.\r\n'],
    ['blanks after the lines', '--- \nlicense: MIT\n--- \nDo it.'],
    ['a byte order mark', '\uFEFF---\nlicense: MIT\n---\nDo it.'],
    ['a key without a value', '---\ndescription:\n---\nDo it.'],
  ])('may have %s', (_name, skill) => {
    expect(agentOf('', '', skill)).toMatchObject({ skill: 'Do it.', description: '' });
  });

  it('with front matter that never ends is all instructions', () => {
    const text = `---\r\n${'a: b\r\n'.repeat(2_000)}`;
    expect(agentOf('', '', text)).toMatchObject({ skill: text.trim(), description: '' });
  });

  it('may be all front matter', () => {
    expect(agentOf('', '', '---\ndescription: d\n---')).toMatchObject({
      skill: '',
      description: 'd',
    });
  });

  it.each([
    ['a: b: c', 2, '', /^front matter: .*mapping/i],
    ['license: x\nlicense: y', 3, '', /^front matter: .*unique/i],
    ['- a', 2, '', /expected lines of/],
    ['description: [a]', 2, 'description', /^found a list; expected a text$/],
    ['\nversion: 1', 3, 'version', /^unknown field; known here are name, description/],
    ['descripton: x', 2, 'descripton', /did you mean description\?$/],
    ['timezone: UTC', 2, 'timezone', /^belongs into agents\/one\/config\.toml$/],
    ['a: &x 1\ndescription: *x', 3, 'description', /aliases/],
  ])('with %j for front matter is a problem', (front, line, field, message) => {
    const { where, messages } = problemsOf(withOne('', '', `---\n${front}\n---\nDo it.`));
    const at = where.indexOf(`agents/one/SKILL.md:${line}: ${field}`);
    expect(at, where.join()).toBeGreaterThanOrEqual(0);
    expect(messages[at]).toMatch(message);
  });
});

describe('settings in front matter', () => {
  const project =
    '[webhooks.github]\ntype = "github"\n[models.m]\nprovider = "openai"\nmodel = "g"\n';
  const settings = `schedule: "0 7 * * *"
scale: 2
timeout: 60
model: m
credentials: [linear_token]
webhooks:
  - source: github
    events: [push]
params:
  deep: {a: [1]}
`;

  it.each([
    ['at the top', `---\n${settings}---\nDo it.`],
    [
      'under metadata',
      `---\nmetadata:\n${settings.replaceAll(/^/gm, '  ').trimEnd()}\n---\nDo it.`,
    ],
  ])('%s are read, with a warning each', (_name, skill) => {
    const files = withOne('', project, skill);
    expect(parse(files)).toMatchObject({
      ok: true,
      project: {
        agents: {
          one: {
            schedule: { cron: '0 7 * * *' },
            scale: 2,
            timeout: 60,
            models: [{ model: 'g' }],
            credentials: ['linear_token:default', 'openai_key:default'],
            webhooks: [{ source: 'github', filters: { events: ['push'] } }],
            params: '{"deep":{"a":[1]}}',
          },
        },
      },
    });
    const { messages } = warningsOf(files);
    expect(messages).toHaveLength(7);
    expect(new Set(messages)).toEqual(
      new Set(['an old place: write it into agents/one/config.toml']),
    );
  });

  it('come after what config.toml says', () => {
    const files = withOne('scale = 3', '', '---\nscale: 2\n---\n');
    expect(parse(files)).toMatchObject({ ok: true, project: { agents: { one: { scale: 3 } } } });
    expect(warningsOf(files)).toEqual({
      where: ['agents/one/SKILL.md:2: scale'],
      messages: ['not read: agents/one/config.toml says it'],
    });
  });

  it('are held to the same rules, with their own lines', () => {
    const skill =
      '---\nmetadata:\n  scale: two\n  webhooks:\n    - source: github\n      event: x\n---\n';
    const { where, messages } = problemsOf(withOne('', project, skill));
    expect(where).toEqual([
      'agents/one/SKILL.md:3: scale',
      'agents/one/SKILL.md:6: webhooks.0.event',
    ]);
    expect(messages[1]).toBe('not a filter of type github; write events');
  });

  it('that nobody knows are a problem, and so is metadata that is no table', () => {
    expect(problemsOf(withOne('', '', '---\nmetadata:\n  version: 1\n---\n')).where).toEqual([
      'agents/one/SKILL.md:3: metadata.version',
    ]);
    expect(problemsOf(withOne('', '', '---\nmetadata: x\n---\n')).where).toEqual([
      'agents/one/SKILL.md:2: metadata',
    ]);
  });

  it('cannot describe a model', () => {
    const { messages } = problemsOf(withOne('', '', '---\nmodel:\n  provider: openai\n---\n'));
    expect(messages).toEqual([
      'found a table; describe it under [models] of the project and name it',
    ]);
  });
});
