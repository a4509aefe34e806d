import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { type AspectChange, differenceOf, isNothing } from './difference.ts';
import type { Agent, Project } from './project.ts';
import { releaseId } from './release-format.ts';

function changesOf(before: Partial<Agent>, after: Partial<Agent>): AspectChange[] {
  const { agents } = differenceOf(projectOf({ dev: before }), projectOf({ dev: after }));
  return agents.changed.flatMap(({ changes }) => changes);
}

/** Another value for each field of an agent. */
const others: { [field in keyof Agent]-?: Agent[field] } = {
  skill: 'Do something else.',
  description: 'Does it.',
  image: 'agents/other',
  credentials: ['github_token:default'],
  credentialTypes: { pager: { description: '', fields: ['key'], env: {} } },
  credentialsDelivery: 'direct',
  webhooks: [onGithub({ labels: ['bug'] })],
  schedule: { cron: '0 0 * * *', timezone: 'UTC', catchup: 'none', jitter: 0 },
  env: { LEVEL: 'debug' },
  params: '{"a":1}',
  models: [{ provider: 'anthropic', model: 'claude', authType: 'api_key' }],
  hooks: { pre: ['true'], post: [] },
  scale: 7,
  maxWorkQueueSize: 8,
  maxReruns: 9,
  concurrency: { key: '{repo}', busy: 'queue' },
  budget: { ...projectOf({ a: {} }).agents.a?.budget, runsPerDay: 5 } as Agent['budget'],
  retry: { attempts: 2, exitCodes: null, backoff: 1, maxBackoff: 2 },
  timeout: 61,
  memory: '1Gi',
  cpus: '2',
};

describe('the difference of two projects', () => {
  it('is nothing between the same', () => {
    const project = projectOf({ dev: {} });
    expect(isNothing(differenceOf(project, structuredClone(project)))).toBe(true);
  });

  it.each(Object.entries(others))('has the field %s of an agent', (field, value) => {
    const changes = changesOf({}, { [field]: value });
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      expect(change.field.split('.')[0]).toBe(field);
      expect(change.before).not.toBe(change.after);
    }
  });

  it('has whatever a project says of itself, also what nobody has thought of', () => {
    const before = projectOf({ dev: {} });
    const after = { ...before, scale: 5, sources: {}, yetUnknown: { deep: [1] } } as Project;
    const { agents, project } = differenceOf(before, after);
    expect(agents.changed).toEqual([]);
    expect(project.map(({ aspect, field, after: is }) => [aspect, field, is])).toEqual([
      ['webhooks', 'sources.github.type', null],
      ['webhooks', 'sources.github.secrets', null],
      ['webhooks', 'sources.github.allowUnsigned', null],
      ['webhooks', 'sources.github.options', null],
      ['limits', 'scale', '5'],
      ['settings', 'yetUnknown.deep', '[1]'],
    ]);
  });

  it('names agents that come and go, whatever they are called', () => {
    const { agents } = differenceOf(
      projectOf({ a: {}, constructor: {} }),
      projectOf({ a: {}, b: {} }),
    );
    expect(agents.removed).toEqual(['constructor']);
    expect(agents.added.map(({ agent }) => agent)).toEqual(['b']);
    expect(differenceOf(undefined, projectOf({ a: {} })).agents.added[0]?.has).toContainEqual({
      aspect: 'image',
      field: 'image',
      before: null,
      after: 'agents/test',
    });
  });

  it('tells which triggers and which credentials come and go', () => {
    const changes = changesOf(
      { webhooks: [onGithub({ labels: ['bug'] }), onGithub()], credentials: ['a:x', 'b:x'] },
      { webhooks: [onGithub()], credentials: ['b:x', 'c:x'] },
    );
    expect(changes).toEqual([
      { aspect: 'credentials', field: 'credentials', before: 'a:x', after: null },
      { aspect: 'credentials', field: 'credentials', before: null, after: 'c:x' },
      { aspect: 'triggers', field: 'webhooks', before: 'labels=bug source=github', after: null },
    ]);
  });

  it('tells a schedule as one thing, whatever of it changed', () => {
    const schedule = { cron: '0 0 * * *', timezone: 'UTC', catchup: 'none', jitter: 0 } as const;
    const told = (cron: string): string => `catchup=none cron=${cron} jitter=0 timezone=UTC`;
    const here = { aspect: 'triggers', field: 'schedule' };
    expect(changesOf({ schedule: null }, { schedule })).toEqual([
      { ...here, before: null, after: told('0 0 * * *') },
    ]);
    expect(changesOf({ schedule }, { schedule: { ...schedule, cron: '5 0 * * *' } })).toEqual([
      { ...here, before: told('0 0 * * *'), after: null },
      { ...here, before: null, after: told('5 0 * * *') },
    ]);
  });

  it('tells another order of the same credentials, for the first has the plain names', () => {
    expect(changesOf({ credentials: ['a:x', 'a:y'] }, { credentials: ['a:y', 'a:x'] })).toEqual([
      { aspect: 'credentials', field: 'credentials', before: 'a:x; a:y', after: 'a:y; a:x' },
    ]);
  });

  it('shows no value of a variable, and no line of instructions', () => {
    const changes = changesOf(
      {
        env: { TOKEN: 'old-secret', GONE: 'x' },
        skill: 'One.\nTwo.',
        params: '{"k":"old-secret"}',
      },
      { env: { TOKEN: 'new-secret', ADDED: 'y' }, skill: 'One.\nThree.\nFour.', params: '{}' },
    );
    expect(changes).toEqual([
      {
        aspect: 'instructions',
        field: 'skill',
        before: '2 lines',
        after: '3 lines (2 new, 1 gone)',
      },
      { aspect: 'variables', field: 'env.TOKEN', before: 'set', after: 'changed' },
      { aspect: 'variables', field: 'env.GONE', before: 'set', after: null },
      { aspect: 'variables', field: 'env.ADDED', before: null, after: 'set' },
      { aspect: 'variables', field: 'params', before: '1 line', after: '1 line (1 new, 1 gone)' },
    ]);
    expect(JSON.stringify(changes)).not.toContain('secret"');
  });

  it('cuts a value that is long', () => {
    const [change] = changesOf({ image: 'x' }, { image: 'y'.repeat(500) });
    expect(change?.after).toHaveLength(240);
  });

  it('is nothing for exactly those that are one release', () => {
    const agent = fc.record(
      Object.fromEntries(
        Object.entries(others).map(([field, value]) => [field, fc.constant(value)]),
      ),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Partial<Agent>>;
    const projects = fc.dictionary(fc.constantFrom('a', 'b', 'c'), agent).map(projectOf);
    fc.assert(
      fc.property(projects, projects, (one, other) => {
        const isSame = releaseId(one) === releaseId(other);
        expect(isNothing(differenceOf(one, other))).toBe(isSame);
      }),
    );
  });
});
