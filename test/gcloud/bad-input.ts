import { beforeEach, expect, it } from 'vitest';
import type { Failure } from '../../infra/cli/errors.ts';
import { failureOf } from '../../infra/cli/failure-of.ts';
import { provision } from '../../infra/provision/provision.ts';
import { subjectOf } from '../../infra/provision/subject.ts';
import { type Asked, Refused } from './answer.ts';
import { missing } from './compare.ts';
import { type Recordings, type Replayed, replaying } from './recording.ts';
import { emptyStore, put } from './store.ts';
import { deployment, working } from './world.ts';

/** A deployment of a few kinds. */
const some = new Set(['service-account/drover-tick', 'role/droverTick', 'queue/drover-poll']);
const subject = subjectOf(
  deployment,
  ({ kind, id }) =>
    kind === 'api' ||
    some.has(`${kind}/${id}`) ||
    (kind === 'binding' && id.startsWith('droverTick on project')),
);

const queueKey = 'cloudtasks/projects/acme-drover/locations/europe-west1/queues/drover-poll';

/** Whether a request changes something. */
export function isChange({ method, verb = '' }: Asked): boolean {
  return method !== 'GET' && !['getIamPolicy', 'testIamPermissions'].includes(verb);
}

/** What arrived and would have changed something. */
function changes(asked: readonly Asked[]): string[] {
  return asked
    .filter(isChange)
    .map(({ method, api, path, verb }) => `${method} ${api}/${path}${verb ? `:${verb}` : ''}`);
}

/** Rules for what a person can get wrong, or Google refuse, of which each has its code. Run on what gcloud was seen to send. */
export function holdsAgainstBadInput(recordings: Recordings): void {
  let world: Replayed;
  let asked: Asked[];
  let fault: Replayed['fault'];

  beforeEach(() => {
    asked = [];
    fault = undefined;
    world = {
      store: emptyStore(),
      fault: (each) => {
        asked.push(each);
        return fault?.(each);
      },
    };
  });

  /** Provisions, and answers as what the command would end. */
  async function attempt(of = subject, more = {}): Promise<Failure | undefined> {
    const { told, rest } = working(replaying(recordings, world));
    try {
      await provision(told, of, { ...rest, ...more });
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      expect(failure.todo).toMatch(/^[A-Z].+/);
      return failure;
    }
  }

  function refuse(isMeant: (asked: Asked) => boolean, refused: Refused, times = Infinity): void {
    let left = times;
    fault = (each) => {
      if (left <= 0 || !isMeant(each)) return undefined;
      left -= 1;
      return refused;
    };
  }

  it('whoever may not do what is to be done changes nothing, and reads which permissions lack', async () => {
    fault = ({ verb }) =>
      verb === 'testIamPermissions' ? { permissions: ['serviceusage.services.enable'] } : undefined;
    const failure = await attempt();
    expect(failure?.code).toBe('PERMISSION_MISSING');
    expect(failure?.details).toContain('iam.roles.create');
    expect(changes(asked)).toEqual([]);
  });

  it('a project without billing is told as such, and nothing is changed', async () => {
    fault = ({ api }) => (api === 'cloudbilling' ? { billingEnabled: false } : undefined);
    const failure = await attempt();
    expect(failure?.code).toBe('BILLING_OFF');
    expect(changes(asked)).toEqual([]);
  });

  it('a region that is none is told as such, beside the one that was meant, before anything is made there', async () => {
    const wrong = { ...deployment, region: 'europe-west' };
    const failure = await attempt({
      ...subjectOf(wrong, ({ kind }) => kind === 'api' || kind === 'queue'),
    });
    expect(failure?.code).toBe('REGION_WRONG');
    expect(failure?.message).toContain('europe-west1');
    expect(changes(asked).filter((line) => !line.includes('serviceusage'))).toEqual([]);
  });

  it('a service that is not known everywhere yet is waited for', async () => {
    refuse(
      ({ api, method }) => api === 'cloudtasks' && method === 'POST',
      new Refused(
        'PERMISSION_DENIED',
        'Cloud Tasks API has not been used in project 1 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/cloudtasks.googleapis.com/overview?project=1 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
      ),
      2,
    );
    expect(await attempt()).toBeUndefined();
    expect(world.store.things.has(queueKey)).toBe(true);
  });

  it('of two at once one is told to wait, and what the other made is whole', async () => {
    const isAlive = (): boolean => true;
    const ended = await Promise.all([attempt(subject, { isAlive }), attempt(subject, { isAlive })]);
    const codes = ended.map((failure) => failure?.code ?? 'done');
    expect(codes.sort()).toEqual(['ALREADY_RUNNING', 'done']);
    asked.length = 0;
    expect(await attempt()).toBeUndefined();
    expect(changes(asked)).toEqual([]);
  });

  it('a policy of the organisation that forbids everybody is named, and the rest is completed once it does not', async () => {
    const whole = subjectOf(deployment);
    refuse(
      ({ verb, body }) => verb === 'setIamPolicy' && JSON.stringify(body).includes('"allUsers"'),
      new Refused(
        'FAILED_PRECONDITION',
        'One or more users named in the policy do not belong to a permitted customer.',
      ),
    );
    expect((await attempt(whole))?.code).toBe('POLICY_FORBIDS');
    fault = undefined;
    expect(await attempt(whole)).toBeUndefined();
    expect(missing(world.store, deployment, whole.resources)).toEqual([]);
  });

  it('the name of a queue that was deleted not long ago is told as such', async () => {
    world.store.resting.set(
      queueKey,
      'The queue cannot be created because a queue with this name existed too recently.',
    );
    expect((await attempt())?.code).toBe('NAME_RESTING');
    world.store.resting.clear();
    // Google may also say that it made it.
    fault = ({ api, method }) => (api === 'cloudtasks' && method === 'POST' ? {} : undefined);
    expect((await attempt())?.code).toBe('NAME_RESTING');
    fault = undefined;
    expect(await attempt()).toBeUndefined();
    expect(world.store.things.has(queueKey)).toBe(true);
  });

  it.each([
    [
      'a used-up quota',
      new Refused('RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric Write requests'),
      'QUOTA_EXCEEDED',
    ],
    [
      'a permission that lacks after all',
      new Refused('PERMISSION_DENIED', 'Permission cloudtasks.queues.create denied'),
      'PERMISSION_MISSING',
    ],
    [
      'a policy of the organisation',
      new Refused(
        'FAILED_PRECONDITION',
        'Operation denied by organization policy: ["constraints/gcp.resourceLocations"]',
      ),
      'POLICY_FORBIDS',
    ],
    [
      'billing that was switched off',
      new Refused('FAILED_PRECONDITION', 'This API method requires billing to be enabled.'),
      'BILLING_OFF',
    ],
    [
      'a sign-in that has expired',
      new Refused('UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
      'NOT_SIGNED_IN',
    ],
    [
      'an outage',
      new Refused('UNAVAILABLE', 'The service is currently unavailable.'),
      'GOOGLE_UNAVAILABLE',
    ],
  ] as const)(
    '%s half-way has its code, and the next run completes what it left',
    async (_, refused, code) => {
      refuse(({ api, method }) => api === 'cloudtasks' && method === 'POST', refused);
      expect((await attempt())?.code).toBe(code);
      fault = undefined;
      expect([...world.store.things.keys()].filter((key) => key.includes('drover-lock'))).toEqual(
        [],
      );
      expect(await attempt()).toBeUndefined();
      asked.length = 0;
      expect(await attempt()).toBeUndefined();
      expect(changes(asked)).toEqual([]);
    },
  );

  it('somebody else who is at it is named, and nothing is touched', async () => {
    world.store.services = new Set(
      subject.resources.filter(({ kind }) => kind === 'api').map(({ id }) => id),
    );
    put(world.store, 'secretmanager', 'projects/acme-drover/secrets/drover-lock', {
      name: 'projects/acme-drover/secrets/drover-lock',
      annotations: { host: 'another', user: 'bob', pid: '7' },
      expireTime: '2026-11-26T00:20:00Z',
    });
    const failure = await attempt();
    expect(failure?.code).toBe('ALREADY_RUNNING');
    expect(failure?.message).toContain('bob');
    expect(changes(asked)).toEqual(['POST secretmanager/projects/acme-drover/secrets']);
  });
}
