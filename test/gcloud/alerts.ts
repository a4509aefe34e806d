import { beforeEach, expect, it } from 'vitest';
import type { Deployment } from '../../infra/deployment/resource.ts';
import { alerts } from '../../infra/monitoring/alerts.ts';
import { provision } from '../../infra/provision/provision.ts';
import { subjectOf } from '../../infra/provision/subject.ts';
import { type Asked, Refused } from './answer.ts';
import { missing } from './compare.ts';
import { type Recordings, type Replayed, replaying } from './recording.ts';
import { copyOf, put, type Store, type Stored } from './store.ts';
import { deployment, working } from './world.ts';

const octavia = deployment.operators[0] ?? '';

/** Rules for whom alerts are told, on what gcloud was seen to send. */
export function tellsWhomItShould(recordings: Recordings, provisioned: () => Store): void {
  let world: Replayed & { store: Store };
  let slept = 0;

  beforeEach(() => {
    world = { store: copyOf(provisioned()) };
    slept = 0;
  });

  /** Provisions another deployment in the same project. Answers how many steps that takes, and holds that a second one takes none. */
  async function change(other: Partial<Deployment>): Promise<number> {
    const subject = subjectOf({ ...deployment, ...other });
    const { told, rest } = working(replaying(recordings, world));
    const { steps } = await provision(told, subject, rest);
    slept = rest.clock.now();
    expect(missing(world.store, subject.deployment, subject.resources)).toEqual([]);
    expect((await provision(told, subject, rest)).steps).toBe(0);
    return steps;
  }

  const ofKind = (kind: string): Stored[] =>
    [...world.store.things.values()].filter(({ name }) => name.includes(`/${kind}/`));
  const addresses = (): unknown[] =>
    ofKind('notificationChannels').map(({ fields }) => fields.labels);

  it('whoever takes the place of an operator is told instead', async () => {
    // A channel more, each policy, the functions' settings aside, and a channel less.
    const steps = await change({ alerts: ['oscar@acme.test'] });
    expect(steps).toBe(alerts.length + 2);
    expect(addresses()).toEqual([{ email_address: 'oscar@acme.test' }]);
  });

  it('whoever is told as well has a channel more', async () => {
    await change({ alerts: [octavia, 'oscar@acme.test'] });
    expect(ofKind('notificationChannels')).toHaveLength(2);
  });

  it('nobody is told where nobody should be, and what would have told goes', async () => {
    expect(await change({ alerts: [] })).toBe(alerts.length + 1);
    expect([...ofKind('alertPolicies'), ...ofKind('notificationChannels')]).toEqual([]);
  });

  it('a channel that a person made is told by its name, and stays', async () => {
    const name = `projects/${deployment.project}/notificationChannels/7`;
    put(world.store, 'monitoring', name, { name, type: 'slack', enabled: true });
    await change({ alerts: [name] });
    expect(ofKind('notificationChannels').map((channel) => channel.name)).toEqual([name]);
    await change({ alerts: [] });
    expect(ofKind('notificationChannels').map((channel) => channel.name)).toEqual([name]);
  });

  it('a channel that is not there is refused by Google, and its policy tells whom it told', async () => {
    const name = `projects/${deployment.project}/notificationChannels/404`;
    await expect(change({ alerts: [name] })).rejects.toMatchObject({ code: 'not_found' });
    expect(ofKind('alertPolicies')).toHaveLength(alerts.length);
  });

  it('what was made twice, because an answer was lost, is there once in the end', async () => {
    for (const kind of ['alertPolicies', 'notificationChannels']) {
      const [one] = ofKind(kind);
      const name = `projects/${deployment.project}/${kind}/99999`;
      put(world.store, 'monitoring', name, { ...structuredClone(one?.fields), name });
    }
    expect(await change({})).toBe(2);
  });

  it('a metric that Cloud Monitoring does not know yet is waited for', async () => {
    await change({ alerts: [] });
    let times = 0;
    world.fault = ({ api, method, path }: Asked) => {
      if (api !== 'monitoring' || method !== 'POST' || !path.endsWith('/alertPolicies')) return;
      times += 1;
      if (times > 3) return;
      return new Refused(
        'NOT_FOUND',
        'Cannot find metric(s) that match type = "logging.googleapis.com/user/drover-errors". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.',
      );
    };
    await change({});
    expect(slept).toBeGreaterThanOrEqual(60_000);
  });
}
