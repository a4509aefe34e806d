import { describe, expect, it } from 'vitest';
import type { Agent } from './project.ts';
import { agentOf, problemsOf, warningsOf, withOne } from './test-project.ts';

describe('what an agent does not say comes from the project, then from the defaults', () => {
  it.each<[string, keyof Agent, string, unknown, string, unknown]>([
    ['scale', 'scale', 'defaultAgentScale = 3', 3, 'scale = 5', 5],
    ['scale 0', 'scale', 'defaultAgentScale = 3', 3, 'scale = 0', 0],
    ['queue', 'maxWorkQueueSize', 'workQueueSize = 7', 7, 'maxWorkQueueSize = 9', 9],
    ['old queue', 'maxWorkQueueSize', 'webhookQueueSize = 6', 6, 'maxWorkQueueSize = 9', 9],
    ['reruns', 'maxReruns', 'maxReruns = 2', 2, 'maxReruns = 0', 0],
    ['timeout', 'timeout', '[local]\ntimeout = 40', 40, 'timeout = 50', 50],
  ])('%s', (_name, field, project, fromProject, own, fromAgent) => {
    expect(agentOf('', project)[field]).toEqual(fromProject);
    expect(agentOf(own, project)[field]).toEqual(fromAgent);
  });

  it('workQueueSize goes before the older webhookQueueSize', () => {
    expect(agentOf('', 'webhookQueueSize = 6\nworkQueueSize = 7').maxWorkQueueSize).toBe(7);
  });

  it('the time zone of a schedule is its own, else that of the project, else UTC', () => {
    const schedule = 'schedule = "0 7 * * *"\n';
    const zone = (agent: string, project = ''): string | undefined =>
      agentOf(agent, project).schedule?.timezone;
    expect(zone(schedule)).toBe('UTC');
    expect(zone(schedule, 'timezone = "Asia/Tokyo"')).toBe('Asia/Tokyo');
    expect(zone(`${schedule}timezone = "Europe/Rome"`, 'timezone = "Asia/Tokyo"')).toBe(
      'Europe/Rome',
    );
  });
});

describe('an agent', () => {
  it('has what it says', () => {
    const agent = agentOf(`
credentials_delivery = "direct"
schedule = "*/5 * * * *"
catchup = "all"
jitter = 30
concurrency_key = "{repo}#{number}"
concurrency_busy = "cancel"
image = "europe-docker.pkg.dev/a/b/c:1"
[hooks]
pre = ["git fetch"]
post = ["true"]
[budget]
runs_per_day = 3
minutes_per_day = 60
dollars_per_day = 2.5
failures_in_a_row = 2
[retry]
attempts = 5
exit_codes = [1, 12]
backoff = 10
max_backoff = 100
[env]
LOG_LEVEL = "debug"
`);
    expect(agent).toMatchObject({
      credentialsDelivery: 'direct',
      schedule: { cron: '*/5 * * * *', timezone: 'UTC', catchup: 'all', jitter: 30 },
      concurrency: { key: '{repo}#{number}', busy: 'cancel' },
      image: 'europe-docker.pkg.dev/a/b/c:1',
      hooks: { pre: ['git fetch'], post: ['true'] },
      budget: { runsPerDay: 3, minutesPerDay: 60, dollarsPerDay: 2.5, failuresInARow: 2 },
      retry: { attempts: 5, exitCodes: [1, 12], backoff: 10, maxBackoff: 100 },
      env: { LOG_LEVEL: 'debug' },
    });
  });

  it('has the rest of a table that it begins', () => {
    expect(agentOf('concurrency_key = "x"\n[retry]\n[budget]\nruns_per_day = 1')).toMatchObject({
      concurrency: { key: 'x', busy: 'queue' },
      retry: { attempts: 2, exitCodes: null, backoff: 60, maxBackoff: 3_600 },
      budget: { runsPerDay: 1, minutesPerDay: null, failuresInARow: null },
    });
    expect(agentOf('[retry]\nbackoff = 7200').retry).toMatchObject({ maxBackoff: 7_200 });
  });

  it.each([
    ['scale = "two"', 'scale', 'found "two"; expected a whole number from 0 to 250'],
    ['scale = 251', 'scale', 'found the number 251; expected a whole number from 0 to 250'],
    ['scale = -1', 'scale', 'found the number -1; expected a whole number from 0 to 250'],
    ['scale = 1.5', 'scale', 'found the number 1.5; expected a whole number from 0 to 250'],
    ['scale = [1]', 'scale', 'found a list; expected a whole number from 0 to 250'],
    ['scale = {}', 'scale', 'found a table; expected a whole number from 0 to 250'],
    ['timeout = 604801', 'timeout', 'expected a whole number from 1 to 604800 (seconds)'],
    ['maxWorkQueueSize = 0', 'maxWorkQueueSize', 'at least 1'],
    ['credentials = "github_token"', 'credentials', 'expected a list of credentials'],
    ['image = ""', 'image', 'found ""; expected the name of a container image'],
    ['catchup = "lst"', 'catchup', '"none", "last" or "all"; did you mean "last"?'],
    ['schedule = "0 0 7 * * *"', 'schedule', 'has six fields'],
    ['schedule = "61 * * * *"', 'schedule', '"61 * * * *" cannot be read'],
    ['timezone = "Europe/Berln"', 'timezone', 'did you mean Europe/Berlin?'],
    ['timezone = "+01:00"', 'timezone', '"+01:00" is not'],
    ['jitter = 3601', 'jitter', 'from 0 to 3600 (seconds)'],
    ['webhooks = "x"', 'webhooks', 'expected tables under [[webhooks]]'],
    ['concurrency_key = "{rpo}"', 'concurrency_key', 'did you mean repo?'],
    ['concurrency_busy = "stop"', 'concurrency_busy', '"queue", "skip" or "cancel"'],
    ['[budget]\nruns_per_day = 0', 'budget.runs_per_day', 'at least 1'],
    ['[budget]\ndollars_per_day = 0', 'budget.dollars_per_day', 'from 0.01 to 1000000'],
    ['[budget]\ndollars_per_day = -1', 'budget.dollars_per_day', 'from 0.01 to 1000000'],
    ['[budget]\ndollars_per_day = nan', 'budget.dollars_per_day', 'no number'],
    ['[budget]\ndollars_per_day = inf', 'budget.dollars_per_day', 'no number'],
    ['[budget]\ndollars_per_day = "5"', 'budget.dollars_per_day', 'a number'],
    ['[retry]\nexit_codes = [42]', 'retry.exit_codes.0', '42 asks for another run'],
    ['[retry]\nexit_codes = [0]', 'retry.exit_codes.0', 'from 1 to 255'],
    ['[retry]\nexit_codes = []', 'retry.exit_codes', 'found an empty list'],
    ['[env]\nPROMPT = "x"', 'env.PROMPT', 'gets from Drover'],
    ['[env]\nA = 1', 'env.A', 'found the number 1; expected a text'],
    ['hooks = ["x"]', 'hooks', 'found a list; expected a table'],
    ['timeot = 1', 'timeot', 'unknown field; did you mean timeout?'],
    ['Retry = 1', 'Retry', 'unknown field; did you mean retry?'],
    ['zebra = 1', 'zebra', 'unknown field; known here are webhooks, schedule, '],
  ])('is held to types and limits: %s', (text, field, message) => {
    const { where, messages } = problemsOf(withOne(`\n${text}`));
    const line = text.split('\n').length + 1;
    expect(where).toEqual([`agents/one/config.toml:${line}: ${field}`]);
    expect(messages[0]).toContain(message);
  });

  it('that says how to do what it does not do is warned', () => {
    const text = 'timezone = "UTC"\ncatchup = "all"\njitter = 1\nconcurrency_busy = "skip"\n';
    expect(warningsOf(withOne(text)).messages).toEqual([
      'says nothing without schedule',
      'says nothing without schedule',
      'says nothing without schedule',
      'says nothing without concurrency_key',
    ]);
  });

  it.each([
    ['runtime = { type = "container" }', []],
    ['runtime = { type = "host-user" }', ['runtime.type']],
    ['[runtime]\nrun_as = "me"\ngroups = ["docker"]', ['runtime.run_as', 'runtime.groups']],
    ['source = "owner/repo"', []],
  ])('is told what nothing acts on, unless it is so anyway: %s', (text, fields) => {
    const { where, messages } = warningsOf(withOne(text));
    expect(where.map((place) => place.split(': ')[1])).toEqual(fields);
    for (const message of messages) expect(message).toMatch(/^not acted on: /);
  });
});

describe('credentials', () => {
  it('are references in full, each once', () => {
    const agent = 'credentials = ["token", "token:default", "token:Org-1"]';
    expect(agentOf(agent).credentials).toEqual(['token:default', 'token:Org-1']);
  });

  it.each(['Token', 'a:b:c', 'a:', 'a/b', ':b'])('may not be %s', (reference) => {
    const { where, messages } = problemsOf(withOne(`credentials = [\n"token",\n"${reference}"]`));
    expect(where).toEqual(['agents/one/config.toml:3: credentials.1']);
    expect(messages).toEqual([
      `"${reference}" is not a credential; expected "type" or "type:instance"`,
    ]);
  });
});
