import { describe, expect, it } from 'vitest';
import type { Difference, FoundResource } from '../deployment/kind.ts';
import { kinds } from '../deployment/kinds/index.ts';
import { nameOf, type Resource, type ResourceName } from '../deployment/resource.ts';
import type { Kinds } from '../provision/kinds.ts';
import { subjectOf } from '../provision/subject.ts';
import { checkTick } from './check-deployed.ts';
import { checkResources } from './check-resources.ts';

const deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '1',
  agents: [{ agent: 'dev', homeSecrets: [] }],
  operators: [],
  viewers: [],
};

/** Kinds that find a difference where what is there says so. */
const telling = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [
    name,
    { ...kind, compare: (_: unknown, __: unknown, found: FoundResource) => found.differs ?? [] },
  ]),
) as unknown as Kinds;
const subject = { ...subjectOf(deployment), kinds: telling };

/** What is found where all is there, but for what `without` says, and with other fields where `changed` has some. */
function findings(
  without: (resource: Resource) => boolean,
  changed: { readonly [name: ResourceName]: FoundResource } = {},
) {
  const found = new Map<ResourceName, FoundResource>(
    subject.resources.filter((each) => !without(each)).map((each) => [nameOf(each), {}]),
  );
  for (const [name, fields] of Object.entries(changed)) found.set(name, fields);
  return checkResources(subject, { found });
}

const nothing = (): boolean => false;
const is = (name: ResourceName) => (resource: Resource) => nameOf(resource) === name;
const differs: Difference[] = [{ field: 'state', found: 'PAUSED', wanted: 'RUNNING' }];

describe('what is there of the list', () => {
  it('has nothing to mend when all is as it should be', () => {
    expect(findings(nothing)).toEqual([]);
  });

  it('is one finding where nothing was provisioned', () => {
    expect(findings(({ kind }) => kind !== 'api')).toMatchObject([
      { code: 'NOT_PROVISIONED', mend: ['drover provision', 'drover deploy'], isFixable: true },
    ]);
  });

  it.each([
    ['api/run.googleapis.com', 'SERVICE_OFF', 'gcloud services enable run.googleapis.com'],
    ['role/droverTick', 'ROLE_MISSING', 'gcloud iam roles create droverTick'],
    ['queue/drover-poll', 'QUEUE_MISSING', 'gcloud tasks queues create drover-poll'],
    ['sink/drover-logs', 'SINK_MISSING', 'gcloud logging sinks create drover-logs'],
  ])('%s that is missing is told with the command that makes it', (name, code, command) => {
    const [first, ...rest] = findings(is(name));
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code, severity: 'error', isFixable: true });
    expect(first?.mend[0]).toMatch(new RegExp(`^${command} .*--project=acme-drover`));
  });

  it('tells what the sink and the public may not do by codes of their own', () => {
    const codes = (member: RegExp) =>
      findings((each) => each.kind === 'binding' && member.test(each.member)).map(
        ({ code }) => code,
      );
    expect(codes(/^sink:/)).toEqual(['SINK_WRITER_MISSING']);
    expect(codes(/^allUsers$/)).toEqual(Array(3).fill('PUBLIC_CALL_MISSING'));
    expect(new Set(codes(/drover-poll@/))).toEqual(new Set(['GRANT_MISSING']));
  });

  it('tells every kind that is otherwise, and gives what changes it', () => {
    const changed = { 'queue/drover-poll': { state: 'PAUSED', differs } };
    expect(findings(nothing, changed)).toMatchObject([
      {
        code: 'QUEUE_WRONG',
        what: 'state is PAUSED, and should be RUNNING.',
        mend: expect.arrayContaining([
          expect.stringMatching(/^gcloud tasks queues update drover-poll /),
        ]),
      },
    ]);
  });

  it('misses what comes with a deployment only where all functions are there', () => {
    const missing = findings(
      (each) => is('scheduler-job/drover-tick')(each) || is('function/drover-tick')(each),
    );
    expect(missing.map(({ code, mend }) => [code, mend])).toEqual([
      ['FUNCTION_MISSING', ['drover deploy']],
    ]);
    expect(findings(is('scheduler-job/drover-tick')).map(({ code }) => code)).toEqual([
      'TICK_MISSING',
    ]);
  });

  it.each([
    [{ state: 'FAILED', stateMessages: [{ message: 'no port' }] }, 'FUNCTION_FAILED', 'no port'],
    [{ state: 'DEPLOYING' }, 'FUNCTION_DEPLOYING', 'is being deployed'],
    [{ state: 'ACTIVE', differs }, 'FUNCTION_WRONG', 'state is PAUSED'],
  ])('a function that is %j is %s', (fields, code, what) => {
    const [first, ...rest] = findings(nothing, { 'function/drover-poll': fields });
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code, what: expect.stringContaining(what), isFixable: false });
  });

  it('an index that is being built is a warning', () => {
    const index = subject.resources.find(({ kind }) => kind === 'index');
    const building = findings(nothing, { [`index/${index?.id}`]: { state: 'CREATING' } });
    expect(building).toMatchObject([{ code: 'INDEX_BUILDING', severity: 'warning' }]);
  });

  it('what nothing needs any more is told with the command that removes it', () => {
    const [first] = findings(nothing, { 'queue/drover-old': {} });
    expect(first).toMatchObject({ code: 'NOT_NEEDED', severity: 'warning' });
    expect(first?.mend[0]).toMatch(/^gcloud tasks queues delete drover-old /);
  });
});

describe('the tick', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const codes = (job: FoundResource) =>
    checkTick({ found: new Map([['scheduler-job/drover-tick', job]]) }, deployment, {
      now: () => now,
    }).map(({ code }) => code);

  it('is well when it was called and answered', () => {
    expect(codes({ lastAttemptTime: '2026-03-01T11:59:10Z', status: {} })).toEqual([]);
    expect(codes({})).toEqual([]);
  });

  it('is told when its call was refused, or there was none for five minutes', () => {
    expect(codes({ status: { code: 7, message: 'no' } })).toEqual(['TICK_FAILING']);
    expect(codes({ lastAttemptTime: '2026-03-01T11:54:00Z' })).toEqual(['TICK_SILENT']);
    expect(codes({ lastAttemptTime: '2026-03-01T11:54:00Z', state: 'PAUSED' })).toEqual([]);
  });
});
