import { describe, expect, it } from 'vitest';
import type { EnvVar, JobSpec, SecretVolume } from './index.ts';
import { idle, mounted, parent, spec, testEngine } from './test-engine.ts';

const create = (job: JobSpec, jobId = 'triage') =>
  testEngine().engine.createJob({ parent, jobId, spec: job });
const refusal = (words: string) =>
  expect.objectContaining({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(words),
  });

const env = (...variables: EnvVar[]): JobSpec => spec({ container: { env: variables } });
const limits = (cpu: string, memory: string): JobSpec =>
  spec({ container: { limits: { cpu, memory } } });
const volume = (secret: Partial<SecretVolume>): JobSpec => {
  const { task, container } = mounted('/c');
  const [first] = task.volumes;
  if (!first) throw new Error('one path, one volume');
  return spec({
    container,
    task: { volumes: [{ ...first, secret: { ...first.secret, ...secret } }] },
  });
};
const item = (path: string, version = '1', mode = 0) => ({ path, version, mode });

describe('where Cloud Run mounts secrets', () => {
  it.each([
    ['siblings', ['/credentials/a/x', '/credentials/a/y', '/credentials/b']],
    ['directories that begin alike', ['/c/a', '/c/ab', '/devices', '/system']],
  ])('takes %s', (_, paths) => {
    expect(create(spec(mounted(...paths))).done).toBe(false);
  });

  it.each([
    ['one directory twice', ['/c/a', '/c/a'], 'mounted twice'],
    ['one directory twice in other words', ['/c/a', '/c//a/'], 'mounted twice'],
    ['a directory inside another', ['/c', '/c/a'], 'nested'],
    ['a directory around another', ['/c/a/b', '/c'], 'nested'],
    ['/dev', ['/dev'], 'below one of'],
    ['what lies below /proc', ['/proc/1'], 'below one of'],
    ['what lies below /sys', ['/sys/fs/x'], 'below one of'],
    ['the root', ['/'], 'cannot be mounted on'],
    ['a way out', ['/c/../dev'], 'cannot be mounted on'],
    ['a relative path', ['c'], 'absolute'],
    ['a colon', ['/c:d'], "without ':'"],
  ])('refuses %s', (_, paths, words) => {
    expect(() => create(spec(mounted(...paths)))).toThrow(refusal(words));
  });

  it('refuses a mount of no volume, and two volumes of one name', () => {
    const { task, container } = mounted('/a', '/b');
    expect(() => create(spec({ container }))).toThrow(refusal('no volume is named "v0"'));
    const twins = task.volumes.map((one) => ({ ...one, name: 'v0' }));
    expect(() => create(spec({ task: { volumes: twins } }))).toThrow(refusal('repeated'));
    expect(() => create(spec({ task: { volumes: [{ name: 'v0' }] } }))).toThrow(
      refusal('volume type'),
    );
  });

  it.each([
    ['a path below the volume', { items: [item('a/b')] }, 'may only have'],
    ['the directory itself', { items: [item('..')] }, 'may only have'],
    ['a name of 256 characters', { items: [item('a'.repeat(256))] }, 'may only have'],
    ['one name twice', { items: [item('a'), item('a', '2')] }, 'repeated'],
    ['no version', { items: [item('a', '')] }, 'invalid version'],
    ['version 0', { items: [item('a', '0')] }, 'invalid version'],
    ['more than permissions', { items: [item('a', '1', 0o1000)] }, '0777'],
    ['a default mode below zero', { defaultMode: -1 }, '0777'],
    ['a regional secret', { secret: 'projects/demo/locations/eu/secrets/s' }, 'regional'],
    ['what is no secret name', { secret: 'a b' }, 'invalid secret name'],
  ])('refuses files with %s', (_, secret, words) => {
    expect(() => create(volume(secret))).toThrow(refusal(words));
  });
});

describe('a container for Cloud Run', () => {
  it('takes variables of 32768 bytes and a thousand of them', () => {
    const many = Array.from({ length: 999 }, (_, index) => ({ name: `V${index}`, value: '' }));
    expect(create(env({ name: 'BIG', value: 'x'.repeat(32_768) }, ...many)).done).toBe(false);
  });

  it.each<[string, EnvVar[], string]>([
    ['a name that is taken', [{ name: 'CLOUD_RUN_TASK_INDEX', value: '' }], 'reserved env names'],
    ['no name', [{ name: '', value: '' }], 'not allowed'],
    ['a name with =', [{ name: 'A=B', value: '' }], 'not allowed'],
    ['a name of 32769 characters', [{ name: 'x'.repeat(32_769), value: '' }], 'not exceed'],
    ['a value of 32769 bytes', [{ name: 'A', value: `${'x'.repeat(32_767)}é` }], 'not exceed'],
    [
      'one name twice',
      [
        { name: 'A', value: '' },
        { name: 'A', value: '' },
      ],
      'repeated',
    ],
    [
      'too many',
      Array.from({ length: 1001 }, (_, index) => ({ name: `V${index}`, value: '' })),
      'at most 1000',
    ],
    [
      'a regional secret',
      [{ name: 'A', secret: { secret: 'projects/p/locations/l/secrets/s', version: '1' } }],
      'regional',
    ],
  ])('refuses variables with %s', (_, variables, words) => {
    expect(() => create(env(...variables))).toThrow(refusal(words));
  });

  it.each([
    ['1', '512Mi'],
    ['0.5', '1Gi'],
    ['500m', '512Mi'],
    ['1', '4Gi'],
    ['2', '8Gi'],
    ['4000m', '2Gi'],
    ['8', '32Gi'],
    ['1', '600M'],
  ])('takes %s CPUs with %s', (cpu, memory) => {
    expect(create(limits(cpu, memory)).done).toBe(false);
  });

  it.each([
    ['3', '2Gi', 'cpu'],
    ['0.01', '512Mi', 'cpu'],
    ['many', '2Gi', 'cpu'],
    ['1', '511Mi', 'at least 512Mi'],
    ['1', '512', 'memory'],
    ['1', '4097Mi', 'at most'],
    ['0.4', '1Gi', 'at most'],
    ['4', '1Gi', 'at least 2048Mi'],
    ['8', '33Gi', 'at most'],
  ])('refuses %s CPUs with %s', (cpu, memory, words) => {
    expect(() => create(limits(cpu, memory))).toThrow(refusal(words));
  });

  it('refuses a resource it does not know, no image, and no container', () => {
    expect(() => create(spec({ container: { limits: { disk: '1Gi' } } }))).toThrow(refusal('disk'));
    expect(() => create(spec({ container: { image: '' } }))).toThrow(refusal('image'));
    const none = spec();
    none.template.template.containers = [];
    expect(() => create(none)).toThrow(refusal('at least one container'));
  });

  it('says that the local cloud cannot what only Google can', () => {
    const unoffered = expect.objectContaining({ code: 'UNIMPLEMENTED' });
    expect(() => create(spec({ template: { taskCount: 2 } }))).toThrow(unoffered);
    const two = spec();
    two.template.template.containers.push(...spec().template.template.containers);
    expect(() => create(two)).toThrow(unoffered);
  });
});

describe('a job for Cloud Run', () => {
  it.each(['Triage', '1triage', 'triage-', 'a'.repeat(64), '', 'tri_age'])(
    'refuses the id "%s"',
    (id) => {
      expect(() => create(idle(), id)).toThrow(refusal('job_id'));
    },
  );

  it('names an execution in fewer than 63 characters of job and token', () => {
    expect(create(spec({ job: { startExecutionToken: 'x'.repeat(56) } })).done).toBe(false);
    expect(() => create(spec({ job: { startExecutionToken: 'x'.repeat(57) } }))).toThrow(
      refusal('fewer than 63'),
    );
    expect(() => create(spec({ job: { startExecutionToken: 'A1' } }))).toThrow(refusal('token'));
    expect(() => create(spec({ job: { runExecutionToken: 'b2' } }))).toThrow(refusal('exclude'));
  });

  it.each([
    [{ 'run.googleapis.com/x': 'y' }, 'reserved namespace'],
    [{ 'a.serving.knative.dev/x': 'y' }, 'reserved namespace'],
    [{ Upper: 'y' }, 'label key'],
    [{ ['k'.repeat(64)]: 'y' }, 'label key'],
    [{ key: 'Upper' }, 'invalid value'],
    [{ key: 'v'.repeat(64) }, 'invalid value'],
    [Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, ''])), 'at most 64'],
  ])('refuses the labels %o', (labels, words) => {
    expect(() => create(spec({ job: { labels } }))).toThrow(refusal(words));
    expect(() => create(spec({ template: { labels } }))).toThrow(refusal(words));
  });

  it.each([
    [{ maxRetries: 11 }, 'max_retries'],
    [{ maxRetries: -1 }, 'max_retries'],
    [{ timeoutSeconds: 0 }, 'timeout'],
    [{ timeoutSeconds: 604_801 }, 'timeout'],
  ])('refuses a task with %o', (task, words) => {
    expect(() => create(spec({ task }))).toThrow(refusal(words));
    expect(create(spec({ task: { maxRetries: 10, timeoutSeconds: 604_800 } })).done).toBe(false);
  });

  it('refuses more parallelism than tasks, and another project', () => {
    expect(() => create(spec({ template: { parallelism: 2 } }))).toThrow(refusal('parallelism'));
    const { engine } = testEngine();
    expect(() =>
      engine.createJob({ parent: 'projects/other/locations/us', jobId: 'a', spec: spec() }),
    ).toThrow(expect.objectContaining({ code: 'PERMISSION_DENIED' }));
  });

  it('changes nothing when it is only to be checked', () => {
    const { engine } = testEngine();
    const operation = engine.createJob({
      parent,
      jobId: 'triage',
      spec: spec(),
      validateOnly: true,
    });
    expect(operation.done).toBe(true);
    expect(engine.listJobs({ parent }).jobs).toEqual([]);
    expect(engine.nextDue()).toBeUndefined();
  });
});
