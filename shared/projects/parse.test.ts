import { describe, expect, it } from 'vitest';
import type { Agent } from './project.ts';
import { agentOf, parse, problemsOf, projectOf, warningsOf, withOne } from './test-project.ts';

const github = '[webhooks.github]\ntype = "github"\n';

describe('a project that says nothing more than it must', () => {
  it('is an agent with every default', () => {
    expect(parse({ 'agents/one/SKILL.md': 'Do it.\n' })).toEqual({
      ok: true,
      warnings: [],
      project: {
        name: 'herd',
        sources: {},
        scale: null,
        agents: {
          one: {
            skill: 'Do it.',
            description: '',
            image: 'image/one',
            credentials: [],
            webhooks: [],
            params: '{}',
            models: [],
            scale: 1,
            maxWorkQueueSize: 20,
            timeout: 3_600,
            memory: '2Gi',
            cpus: '1',
          },
        },
      },
    });
  });

  it('needs at least one agent', () => {
    expect(problemsOf({ 'config.toml': '' })).toEqual({
      where: ['agents/: '],
      messages: ['no agent: no directory there has a SKILL.md'],
    });
  });
});

describe('what an agent does not say comes from the project, then from the defaults', () => {
  it.each<[string, keyof Agent, string, unknown, string, unknown]>([
    ['scale', 'scale', 'defaultAgentScale = 3', 3, 'scale = 5', 5],
    ['scale 0', 'scale', 'defaultAgentScale = 3', 3, 'scale = 0', 0],
    ['queue', 'maxWorkQueueSize', 'workQueueSize = 7', 7, 'maxWorkQueueSize = 9', 9],
    ['old queue', 'maxWorkQueueSize', 'webhookQueueSize = 6', 6, 'maxWorkQueueSize = 9', 9],
    ['timeout', 'timeout', '[local]\ntimeout = 40', 40, 'timeout = 50', 50],
    ['memory', 'memory', '[local]\nmemory = "4g"', '4Gi', 'memory = "512m"', '512Mi'],
    ['cpus', 'cpus', '[local]\ncpus = 2', '2', 'cpus = 0.5', '0.5'],
  ])('%s', (_name, field, project, fromProject, own, fromAgent) => {
    expect(agentOf('', project)[field]).toEqual(fromProject);
    expect(agentOf(own, project)[field]).toEqual(fromAgent);
  });

  it('workQueueSize goes before the older webhookQueueSize', () => {
    const project = 'webhookQueueSize = 6\nworkQueueSize = 7';
    expect(agentOf('', project).maxWorkQueueSize).toBe(7);
  });

  it('the project has a name and a scale of its own', () => {
    const project = projectOf(withOne('', 'projectName = "barn"\nscale = 4'));
    expect(project).toMatchObject({ name: 'barn', scale: 4 });
  });

  it('an image that is named is taken as it is', () => {
    expect(agentOf('image = "europe-docker.pkg.dev/a/b/c:1"').image).toBe(
      'europe-docker.pkg.dev/a/b/c:1',
    );
  });
});

describe('SKILL.md', () => {
  it('gives the instructions without its front matter, and the description from it', () => {
    const agent = agentOf(
      '',
      '',
      '---\ndescription: Counts\nother: [1]\n---\n\n# Count\n\n---\nIt.\n',
    );
    expect(agent).toMatchObject({ description: 'Counts', skill: '# Count\n\n---\nIt.' });
  });

  it.each([
    ['no front matter', 'Do it.'],
    ['an empty one', '---\n---\nDo it.'],
    ['line ends of Windows', '---\r\ndescription: ""\r\n---\r\nDo it.\r\n'],
    ['blanks after the lines', '--- \nother: 1\n--- \nDo it.'],
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

  it('with front matter that is no YAML is a problem', () => {
    const { where, messages } = problemsOf(withOne('', '', '---\na: b: c\n---\nDo it.'));
    expect(where).toEqual(['agents/one/SKILL.md: ']);
    expect(messages[0]).toMatch(/^front matter: .*mappings/i);
  });

  it('with a description that is no text is a problem', () => {
    const { where } = problemsOf(withOne('', '', '---\ndescription: [a]\n---\nDo it.'));
    expect(where).toEqual(['agents/one/SKILL.md: description']);
  });

  it('that does not fit a variable of a container is a problem', () => {
    const { where, messages } = problemsOf(withOne('', '', 'x'.repeat(33_000)));
    expect(where).toEqual(['agents/one/SKILL.md: ']);
    expect(messages[0]).toContain('at most 32768');
  });
});

describe('a TOML file', () => {
  it('that cannot be read is one problem, with its line', () => {
    const { where, messages } = problemsOf(withOne('scale = 1\n\ntimeout = ', 'x = [\n'));
    expect(where).toEqual(['config.toml: ', 'agents/one/config.toml: ']);
    expect(messages[1]).toMatch(/^line 3: /);
  });

  it('may not have fields that nobody knows: each is named, at any depth', () => {
    const agent = 'timeot = 1\nscales = 2\n[[webhooks]]\nsource = "github"\nevent = ["push"]\n';
    const project = `${github}[local]\nmem = "1g"\n`;
    const { where, messages } = problemsOf(withOne(agent, project));
    expect(where).toEqual([
      'config.toml: local.mem',
      'agents/one/config.toml: webhooks.0.event',
      'agents/one/config.toml: timeot',
      'agents/one/config.toml: scales',
    ]);
    expect(new Set(messages)).toEqual(new Set(['unknown field']));
  });

  it.each([
    ['scale = "two"', 'scale'],
    ['scale = -1', 'scale'],
    ['scale = 1.5', 'scale'],
    ['timeout = 0', 'timeout'],
    ['timeout = 604801', 'timeout'],
    ['maxWorkQueueSize = 0', 'maxWorkQueueSize'],
    ['credentials = "github_token"', 'credentials'],
    ['memory = "lots"', 'memory'],
    ['cpus = 9', 'cpus'],
    ['image = ""', 'image'],
    ['[[webhooks]]\nevents = ["push"]', 'webhooks.0.source'],
    ['[[webhooks]]\nsource = "github"\nlabels = "a"', 'webhooks.0.labels'],
  ])('of an agent is held to types and limits: %s', (agent, field) => {
    expect(problemsOf(withOne(agent, github)).where).toEqual([`agents/one/config.toml: ${field}`]);
  });

  it.each([
    ['scale = 0', 'scale'],
    ['projectName = ""', 'projectName'],
    ['[local]\ntimeout = "1h"', 'local.timeout'],
    ['[models.m]\nprovider = "p"', 'models.m.model'],
    ['[models.m]\nprovider = "p"\nmodel = "m"\nthinkingLevel = "most"', 'models.m.thinkingLevel'],
    ['[webhooks."a/b"]\ntype = "github"', 'webhooks.a/b'],
    ['[webhooks.github]\ncredential = "main"', 'webhooks.github.type'],
  ])('of the project is held to types and limits: %s', (project, field) => {
    expect(problemsOf(withOne('', project)).where).toEqual([`config.toml: ${field}`]);
  });
});

describe('an agent name', () => {
  it.each(['a', 'a-b', '0-9', 'a'.repeat(64)])('may be %s', (name) => {
    expect(Object.keys(projectOf({ [`agents/${name}/SKILL.md`]: '' }).agents)).toEqual([name]);
  });

  it.each(['Good', 'a_b', '-a', 'a-', 'a--b', 'a.b', 'default', 'a'.repeat(65)])(
    'may not be %s',
    (name) => {
      const { where, messages } = problemsOf({ [`agents/${name}/SKILL.md`]: '' });
      expect(where).toEqual([`agents/${name}: `]);
      expect(messages[0]).toMatch(/^not an agent name/);
    },
  );
});

describe('webhook sources', () => {
  it('name the instance of their secret by its type, or by credential, or have the default', () => {
    const project = `
[webhooks.a]
type = "github"
github_webhook_secret = "Org-1"
[webhooks.b]
type = "github"
credential = "other"
[webhooks.c]
type = "github"
`;
    expect(projectOf(withOne('', project)).sources).toEqual({
      a: { type: 'github', secret: 'Org-1' },
      b: { type: 'github', secret: 'other' },
      c: { type: 'github', secret: 'default' },
    });
  });

  it('may not have an instance name that names nothing, nor a secret of another type', () => {
    const project = `${github}github_webhook_secret = "a b"\nlinear_secret = "x"\n`;
    const { where, messages } = problemsOf(withOne('', project));
    expect(where).toEqual([
      'config.toml: webhooks.github.github_webhook_secret',
      'config.toml: webhooks.github.linear_secret',
    ]);
    expect(messages[1]).toContain('named by github_webhook_secret');
  });

  it('of a type that is not served yet are a warning, and their triggers do nothing', () => {
    const files = withOne('[[webhooks]]\nsource = "pager"\n', '[webhooks.pager]\ntype = "pager"\n');
    expect(warningsOf(files)).toEqual({
      where: ['config.toml: webhooks.pager.type'],
      messages: ['pager is not served yet; its triggers do nothing'],
    });
    expect(projectOf(files)).toMatchObject({ sources: {}, agents: { one: { webhooks: [] } } });
  });

  it('that allow unsigned deliveries are warned that they do not', () => {
    const { where } = warningsOf(withOne('', `${github}allowUnsigned = true\n`));
    expect(where).toEqual(['config.toml: webhooks.github.allowUnsigned']);
  });
});

describe('triggers', () => {
  it('keep the filters that they have, and only those', () => {
    const trigger = '[[webhooks]]\nsource = "github"\nevents = ["issues"]\nlabels = ["a", "b"]\n';
    expect(agentOf(trigger, github).webhooks).toEqual([
      { source: 'github', events: ['issues'], labels: ['a', 'b'] },
    ]);
  });

  it('must name a source of the project', () => {
    const agent = `${'[[webhooks]]\nsource = "github"\n'}[[webhooks]]\nsource = "gitlab"\n`;
    expect(problemsOf(withOne(agent, github))).toEqual({
      where: ['agents/one/config.toml: webhooks.1.source'],
      messages: ['gitlab is not a source of the project: it has github under [webhooks]'],
    });
    expect(problemsOf(withOne('[[webhooks]]\nsource = "github"\n')).messages).toEqual([
      'github is not a source of the project: it has none under [webhooks]',
    ]);
  });
});

describe('credentials', () => {
  it('are references in full, each once', () => {
    const agent = 'credentials = ["token", "token:default", "token:Org-1"]';
    expect(agentOf(agent).credentials).toEqual(['token:default', 'token:Org-1']);
  });

  it.each(['Token', 'a:b:c', 'a:', 'a/b', ':b'])('may not be %s', (reference) => {
    const { where } = problemsOf(withOne(`credentials = ["token", "${reference}"]`));
    expect(where).toEqual(['agents/one/config.toml: credentials.1']);
  });
});

describe('models', () => {
  const models =
    '[models.big]\nprovider = "p"\nmodel = "m"\n[models.small]\nprovider = "p"\nmodel = "s"\nauthType = "oauth"\n';

  it('are those of the project, in the agent’s order, with an API key unless they say otherwise', () => {
    expect(agentOf('models = ["small", "big"]', models).models).toEqual([
      { provider: 'p', model: 's', authType: 'oauth' },
      { provider: 'p', model: 'm', authType: 'api_key' },
    ]);
  });

  it('that the project does not have are a problem', () => {
    expect(problemsOf(withOne('models = ["big", "huge"]', models))).toEqual({
      where: ['agents/one/config.toml: models.1'],
      messages: ['huge is not a model of the project, which has big, small'],
    });
  });
});

it('params are kept as JSON, lists within lists and all', () => {
  expect(
    JSON.parse(agentOf('[params]\nrows = [[1], ["a"]]\n[params.deep]\non = true\n').params),
  ).toEqual({
    rows: [[1], ['a']],
    deep: { on: true },
  });
});

it('all problems of all files are told at once', () => {
  const { where } = problemsOf({
    'config.toml': 'scale = 0\n',
    'agents/Bad/SKILL.md': '',
    'agents/one/SKILL.md': '---\n: :\n  - [\n---\n',
    'agents/one/config.toml': 'timeout = 0\n',
    'agents/two/SKILL.md': '',
    'agents/two/config.toml': 'credentials = ["A"]\n[[webhooks]]\nsource = "x"\n',
  });
  expect(where).toEqual([
    'config.toml: scale',
    'agents/Bad: ',
    'agents/one/config.toml: timeout',
    'agents/one/SKILL.md: ',
    'agents/two/config.toml: credentials.0',
    'agents/two/config.toml: webhooks.0.source',
  ]);
});

it('a directory with a config.toml and no SKILL.md is a warning: it is no agent', () => {
  const files = { ...withOne(), 'agents/two/config.toml': '' };
  expect(warningsOf(files)).toEqual({
    where: ['agents/two: '],
    messages: ['not an agent: it has no SKILL.md'],
  });
});

it('a project that is too large for a release is a problem', () => {
  const skills = Array.from({ length: 40 }, (_, index) => [
    `agents/a${index}/SKILL.md`,
    'x'.repeat(25_000),
  ]);
  const { where, messages } = problemsOf(Object.fromEntries(skills));
  expect(where).toEqual(['agents/: ']);
  expect(messages[0]).toContain('at most 900000');
});
