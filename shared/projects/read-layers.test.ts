import { describe, expect, it } from 'vitest';
import { parse, problemsOf, projectOf, warningsOf, withOne } from './test-project.ts';

const file = (name: string): string => `~/.action-llama/environments/${name}.toml`;

describe('layers', () => {
  it('are laid over each other: tables merge at every depth, lists and values are replaced', () => {
    const base = `
scale = 9
workQueueSize = 1
[webhooks.main]
type = "github"
github_webhook_secret = ["a", "b"]
[local]
timeout = 10
memory = "1g"
`;
    const files = {
      ...withOne('', base),
      '.env.toml':
        'environment = "prod"\nscale = 8\n[webhooks.main]\ngithub_webhook_secret = ["c"]\n',
      [file('prod')]: 'scale = 7\n[local]\ntimeout = 20\n[webhooks.extra]\ntype = "test"\n',
    };
    const project = projectOf(files);
    expect(project).toMatchObject({
      scale: 7,
      sources: { main: { type: 'github', secrets: ['c'] }, extra: { type: 'test' } },
      agents: { one: { maxWorkQueueSize: 1, timeout: 20, memory: '1Gi' } },
    });
  });

  it('may each leave out what another one has', () => {
    const files = {
      ...withOne('', '[models.m]\nprovider = "openai"\n'),
      '.env.toml': '[models.m]\nmodel = "gpt"\n',
    };
    expect(parse(files).ok).toBe(true);
    expect(problemsOf({ ...files, '.env.toml': '' })).toEqual({
      where: ['config.toml:1: models.m.model'],
      messages: ['missing; expected a text that is not empty'],
    });
  });

  it('are checked by themselves: what an upper one hides is told with its own place', () => {
    const files = { ...withOne('', '\nscale = "x"'), '.env.toml': 'scale = 3\nscal = 1' };
    expect(problemsOf(files).where).toEqual(['config.toml:2: scale', '.env.toml:2: scal']);
  });

  it('give a problem the place of the layer that said it', () => {
    const files = {
      ...withOne('', '[webhooks.main]\ntype = "github"\n'),
      '.env.toml': '\n[webhooks.main]\nlinear_webhook_secret = "x"\n',
    };
    expect(problemsOf(files).where).toEqual(['.env.toml:3: webhooks.main.linear_webhook_secret']);
  });
});

describe('the environment', () => {
  const files = {
    ...withOne(),
    '.env.toml': 'environment = "staging"\n',
    [file('staging')]: 'scale = 1\n',
    [file('prod')]: 'scale = 2\n',
  };

  it('is the one that was chosen, else that of .env.toml, else none', () => {
    expect(parse(files, 'prod')).toMatchObject({ environment: 'prod', project: { scale: 2 } });
    expect(parse(files)).toMatchObject({ environment: 'staging', project: { scale: 1 } });
    expect(parse(files, '')).toMatchObject({ environment: 'staging' });
    expect(parse(withOne())).toMatchObject({ environment: null, project: { scale: null } });
  });

  it('that has no file is a problem, where it was named', () => {
    expect(problemsOf({ ...withOne(), '.env.toml': '\nenvironment = "stagin"\n' })).toEqual({
      where: ['.env.toml:2: environment'],
      messages: [`${file('stagin')} is not there, and "stagin" was chosen`],
    });
    expect(problemsOf(withOne(), 'nowhere').where).toEqual(['AL_ENV:: ']);
  });

  it.each(['Prod', 'a b', '../x', 'a'.repeat(51)])('may not be called %s', (name) => {
    expect(problemsOf(withOne(), name).messages[0]).toContain('is not the name of an environment');
    const named = { ...withOne(), '.env.toml': `environment = "${name}"` };
    expect(problemsOf(named).where).toEqual(['.env.toml:1: environment']);
  });

  it('stands where [cloud] says, in both spellings', () => {
    const cloud = '[cloud]\nprovider = "cloud-run"\nproject = "p"\nregion = "r"\n';
    const inCode = `${cloud}artifactRegistry = "a"\nserviceAccount = "s"\n`;
    const inDocuments = `${cloud}artifact_registry = "a"\nservice_account = "s"\n`;
    const found = { project: 'p', region: 'r', artifactRegistry: 'a', serviceAccount: 's' };
    for (const text of [inCode, inDocuments]) {
      expect(parse({ ...withOne(), [file('x')]: text }, 'x')).toMatchObject({ cloud: found });
    }
    expect(parse({ ...withOne(), [file('x')]: cloud }, 'x')).toMatchObject({
      cloud: { artifactRegistry: null, serviceAccount: null },
    });
    const twice = { ...withOne(), [file('x')]: `${inCode}service_account = "t"\n` };
    expect(problemsOf(twice, 'x').where).toEqual([`${file('x')}:7: cloud.service_account`]);
  });

  it('must say project and region when it has [cloud], and knows no other provider', () => {
    const text = '\n[cloud]\nprovider = "ecs"\nregion = "r"\n';
    expect(problemsOf({ ...withOne(), [file('x')]: text }, 'x').where).toEqual([
      `${file('x')}:2: cloud.project`,
      `${file('x')}:3: cloud.provider`,
    ]);
  });

  it('may have a [server], which is noted and not acted on', () => {
    const text = '[server]\nhost = "h"\nport = 22\n[gateway]\nurl = "https://x"\n';
    const { where, messages } = warningsOf({ ...withOne(), [file('x')]: text }, 'x');
    expect(where).toEqual([`${file('x')}:1: server`, `${file('x')}:5: gateway.url`]);
    expect(messages[0]).toBe('not acted on: Drover runs in Google Cloud, on no server');
  });

  it('has its tables in its own file only', () => {
    const { where } = problemsOf(withOne('', 'environment = "x"\n[cloud]\nproject = "p"\n'));
    expect(where).toEqual(['config.toml:1: environment', 'config.toml:2: cloud']);
  });
});
