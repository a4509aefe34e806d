import { describe, expect, it } from 'vitest';
import { agentOf, parse, problemsOf, projectOf, warningsOf, withOne } from './test-project.ts';

describe('a project that says nothing more than it must', () => {
  it('is an agent with every default, which runs when somebody asks for it', () => {
    expect(parse({ 'agents/one/SKILL.md': 'Do it.\n' })).toEqual({
      ok: true,
      environment: null,
      cloud: null,
      warnings: [],
      project: {
        name: 'herd',
        timezone: 'UTC',
        sources: {},
        scale: null,
        agents: {
          one: {
            skill: 'Do it.',
            description: '',
            image: 'image/one',
            credentials: [],
            credentialTypes: {},
            credentialsDelivery: 'copy',
            webhooks: [],
            schedule: null,
            env: {},
            params: '{}',
            models: [],
            hooks: { pre: [], post: [] },
            scale: 1,
            maxWorkQueueSize: 20,
            maxReruns: 10,
            concurrency: null,
            budget: { runsPerDay: null, minutesPerDay: null, failuresInARow: null },
            retry: null,
            timeout: 3_600,
            memory: '4Gi',
            cpus: '1',
          },
        },
      },
    });
  });

  it('needs at least one agent', () => {
    expect(problemsOf({ 'config.toml': '' })).toEqual({
      where: ['agents/:: '],
      messages: ['no agent: no directory there has a SKILL.md'],
    });
  });

  it('may have a name, a time zone, a scale and a time of locks of its own', () => {
    const config =
      'projectName = "barn"\nscale = 4\ntimezone = "Europe/Berlin"\nresourceLockTimeout = 90\n';
    expect(projectOf(withOne('', config))).toMatchObject({
      name: 'barn',
      scale: 4,
      timezone: 'Europe/Berlin',
      resourceLockTimeout: 90,
    });
  });
});

describe('problems', () => {
  it('of all files are told at once, by file and from top to bottom', () => {
    const { where } = problemsOf({
      'config.toml': 'scale = 0\n[local]\nmem = 1\n',
      'agents/Bad/SKILL.md': '',
      'agents/one/SKILL.md': '---\nok: [\n---\n',
      'agents/one/config.toml': 'timeout = 0\n',
      'agents/two/SKILL.md': '',
      'agents/two/config.toml': 'timeot = 1\ncredentials = ["A"]\n[[webhooks]]\nsource = "x"\n',
    });
    expect(where).toEqual([
      'config.toml:1: scale',
      'config.toml:3: local.mem',
      'agents/Bad:: ',
      'agents/one/SKILL.md:3: ',
      'agents/one/config.toml:1: timeout',
      'agents/two/config.toml:1: timeot',
      'agents/two/config.toml:2: credentials.0',
      'agents/two/config.toml:4: webhooks.0.source',
    ]);
  });

  it('of the project do not make problems of what its agents name', () => {
    const project = 'scale = "x"\n[models.m]\nprovider = 1\n[webhooks.github]\ntype = 2\n';
    const agent = 'models = ["m"]\n[[webhooks]]\nsource = "github"\nevents = "push"\n';
    expect(problemsOf(withOne(agent, project)).where).toEqual([
      'config.toml:1: scale',
      'config.toml:2: models.m.model',
      'config.toml:3: models.m.provider',
      'config.toml:5: webhooks.github.type',
    ]);
  });

  it('are told when there are twenty in one file', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `field_${index} = ${index}`);
    const { where } = problemsOf(withOne(lines.join('\n')));
    expect(where).toEqual(lines.map((_, i) => `agents/one/config.toml:${i + 1}: field_${i}`));
  });
});

describe('an agent name', () => {
  it.each(['a', 'a-b', '0-9', 'constructor', 'a'.repeat(64)])('may be %s', (name) => {
    expect(Object.keys(projectOf({ [`agents/${name}/SKILL.md`]: '' }).agents)).toEqual([name]);
  });

  it.each(['Good', 'a_b', '-a', 'a-', 'a--b', 'a.b', 'default', '__proto__', 'a'.repeat(65)])(
    'may not be %s',
    (name) => {
      const { where, messages } = problemsOf({ [`agents/${name}/SKILL.md`]: '' });
      expect(where).toEqual([`agents/${name}:: `]);
      expect(messages[0]).toMatch(/^not an agent name/);
    },
  );

  it('without a SKILL.md is no agent, which is a warning', () => {
    expect(warningsOf({ ...withOne(), 'agents/two/config.toml': '' })).toEqual({
      where: ['agents/two:: '],
      messages: ['not an agent: it has no SKILL.md'],
    });
  });
});

describe('scale', () => {
  it('of an agent above that of the project is a problem, at the agent', () => {
    expect(problemsOf(withOne('timeout = 1\nscale = 5', 'scale = 4'))).toEqual({
      where: ['agents/one/config.toml:2: scale'],
      messages: ['found the number 5; the project allows 4 runs at one time'],
    });
  });

  it('of agents that have none, above that of the project, is one problem, at the project', () => {
    const spoken = withOne('scale = 1', 'scale = 2\ndefaultAgentScale = 3');
    expect(parse(spoken).ok).toBe(true);
    const files = { ...withOne('', 'scale = 2\ndefaultAgentScale = 3'), 'agents/two/SKILL.md': '' };
    expect(problemsOf(files).where).toEqual(['config.toml:2: defaultAgentScale']);
  });

  it('of all agents together above that of the project is a warning', () => {
    const files = { ...withOne('scale = 2', 'scale = 3'), 'agents/two/SKILL.md': '' };
    expect(warningsOf(files).where).toEqual([]);
    const more = { ...files, 'agents/two/config.toml': 'scale = 2' };
    const { where, messages } = warningsOf(more);
    expect(where).toEqual(['config.toml:1: scale']);
    expect(messages[0]).toContain('4 runs at one time, and the project allows 3');
  });

  it.each(['-1', '1.5', '"two"'])('may not be %s by default', (value) => {
    expect(problemsOf(withOne('', `defaultAgentScale = ${value}`)).where).toEqual([
      'config.toml:1: defaultAgentScale',
    ]);
  });
});

describe('sizes', () => {
  it('of a skill that fits no variable are none: its container fetches it', () => {
    expect(warningsOf(withOne('', '', 'x'.repeat(100_000))).where).toEqual([]);
  });

  it('of a skill that does not fit a release is a problem, and its file is named', () => {
    const { where, messages } = problemsOf(withOne('', '', 'x'.repeat(900_001)));
    expect(where).toEqual(['agents/one/SKILL.md:: ']);
    expect(messages[0]).toContain('at most 900000 fit a release');
  });

  it('of all skills together that do not fit a release is a problem', () => {
    const skills = Array.from({ length: 40 }, (_, index) => [
      `agents/a${index}/SKILL.md`,
      'x'.repeat(25_000),
    ]);
    const { where, messages } = problemsOf(Object.fromEntries(skills));
    expect(where).toEqual(['agents/:: ']);
    expect(messages[0]).toContain('at most 900000');
  });

  it('of a project are held to two hundred agents', () => {
    const many = Array.from({ length: 201 }, (_, index) => [`agents/a${index}/SKILL.md`, '']);
    expect(problemsOf(Object.fromEntries(many)).messages).toEqual([
      '201 agents; a project has at most 200',
    ]);
  });
});

it('params are kept as JSON, lists within lists and all', () => {
  const params = '[params]\nrows = [[1], ["a"]]\nday = 1979-05-27\n[params.deep]\non = true\n';
  expect(JSON.parse(agentOf(params).params)).toEqual({
    rows: [[1], ['a']],
    day: '1979-05-27',
    deep: { on: true },
  });
});

describe('what a project keeps, and whom it tells', () => {
  it('is left to the defaults where it says nothing', () => {
    const project = projectOf(withOne('', ''));
    expect(project).not.toHaveProperty('historyRetentionDays');
    expect(project).not.toHaveProperty('notifications');
  });

  it('is kept for the days that it says', () => {
    expect(projectOf(withOne('', 'historyRetentionDays = 90'))).toMatchObject({
      historyRetentionDays: 90,
    });
    expect(warningsOf(withOne('', 'historyRetentionDays = 90')).messages).toEqual([]);
  });

  it.each(['0', '1.5', '367', '"14"'])('is not kept for %s days', (days) => {
    const { messages } = problemsOf(withOne('', `historyRetentionDays = ${days}`));
    expect(messages).toEqual([expect.stringContaining('expected a whole number from 1 to 366')]);
  });

  it('is told everything where a table says no more', () => {
    expect(projectOf(withOne('', '[notifications]'))).toMatchObject({
      notifications: { instance: 'default', about: ['failure', 'pause', 'budget'] },
    });
  });

  it('is told what the table says, once each, at the address that it names', () => {
    const config = '[notifications]\nslack_webhook = "ops"\nabout = ["budget", "budget"]';
    expect(projectOf(withOne('', config))).toMatchObject({
      notifications: { instance: 'ops', about: ['budget'] },
    });
  });

  it.each([
    ['about = ["failures"]', 'notifications.about.0'],
    ['slack_webhook = "a b"', 'notifications.slack_webhook'],
    ['url = "https://hooks.slack.com/services/T/B/x"', 'notifications.url'],
  ])('is told nothing by %s', (line, field) => {
    const { where } = problemsOf(withOne('', `[notifications]\n${line}`));
    expect(where).toEqual([`config.toml:2: ${field}`]);
  });
});
