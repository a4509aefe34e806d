import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProject } from '../../infra/cli/describe-project.ts';
import { failureOf } from '../../infra/cli/failure-of.ts';
import { checkResources } from '../../infra/doctor/check-resources.ts';
import { fix } from '../../infra/doctor/fix.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import { inventory } from '../../infra/provision/inventory.ts';
import { lockSecret, takeLock } from '../../infra/provision/lock.ts';
import { planOf } from '../../infra/provision/plan.ts';
import { provision, thisProcess } from '../../infra/provision/provision.ts';
import { subjectOf } from '../../infra/provision/subject.ts';
import { teardown } from '../../infra/provision/teardown.ts';
import { tellsWhomItShould } from './alerts.ts';
import { type Asked, Refused } from './answer.ts';
import { holdsAgainstBadInput, isChange } from './bad-input.ts';
import { missing } from './compare.ts';
import { type GcloudAt, gcloudAt } from './environment.ts';
import { type Recordings, recording, replaying, wasSeen } from './recording.ts';
import { type GoogleServer, serveGoogle } from './server.ts';
import { spoil } from './spoil.ts';
import { copyOf, emptyStore, type Store } from './store.ts';
import { leaveTenRuns } from './ten-runs.ts';
import { gcloudRoot } from './warm-gcloud.ts';
import { deployment, working } from './world.ts';

/** Tells whoever runs the tests, who is not shown what a test that passes logs. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const root = gcloudRoot();
if (root === undefined) {
  say('SKIPPED: there is no gcloud here, so no command of the plan was executed');
}

const subject = subjectOf(deployment);
const lockKey = `secretmanager/projects/${deployment.project}/secrets/${lockSecret}`;

/** Has gcloud take a lock over from a process that died, in a project that has nothing else. */
async function takeOver(google: Google, server: GoogleServer): Promise<void> {
  server.store = emptyStore(['secretmanager.googleapis.com']);
  const noneAlive = { now: () => 0, isAlive: () => false };
  await takeLock(google, thisProcess(), noneAlive);
  await takeLock(google, thisProcess(), noneAlive);
  server.store = emptyStore();
}

function provisioned(google: Google): Promise<{ steps: number }> {
  const { told, rest } = working(google);
  return provision(told, subject, rest);
}

function tornDown(google: Google): Promise<{ steps: number }> {
  const { told, rest } = working(google);
  const confirm = async (): Promise<void> => undefined;
  return teardown({ ...told, confirm }, subject, { ...rest, keepData: false });
}

/** What is in the project before each change that some work makes, and in the end. */
async function states(
  recordings: Recordings,
  store: Store,
  work: (google: Google) => Promise<unknown>,
): Promise<Store[]> {
  const snapshots: Store[] = [];
  const fault = (asked: Asked): undefined => {
    if (isChange(asked)) snapshots.push(copyOf(store));
  };
  await work(replaying(recordings, { store, fault }));
  return [...snapshots, copyOf(store)];
}

/** Names of what is there, but for roles that were deleted, which Google goes on listing. */
function left(store: Store): string[] {
  const things = [...store.things.values()].filter(({ fields }) => fields.deleted !== true);
  return things.map(({ name }) => name);
}

describe.skipIf(root === undefined)('the plan, executed by the installed gcloud', () => {
  const recordings: Recordings = new Map();
  let server: GoogleServer;
  let at: GcloudAt;
  let whole: Store;

  beforeAll(async () => {
    server = await serveGoogle();
    at = gcloudAt(root ?? '', server, deployment.project);
    const google = recording(at.lanes, server, recordings);
    const { told, rest } = working(google);
    await takeOver(google, server);
    await provision(told, subject, rest);
    whole = copyOf(server.store);
  }, 300_000);

  afterAll(async () => {
    await at?.close();
    await server?.close();
  });

  it('makes everything that the list has, as the list has it', () => {
    expect(missing(whole, deployment, subject.resources)).toEqual([]);
  });

  it('mends what is otherwise than it should be and nothing else, and then finds nothing to do', async () => {
    const { told, rest } = working(recording(at.lanes, server, recordings));
    const count = spoil(server.store);
    const { steps, unchanged } = await provision(told, subject, rest);
    expect({ steps, unchanged }).toEqual({
      steps: count,
      unchanged: subject.resources.length - count,
    });
    expect(missing(server.store, deployment, subject.resources)).toEqual([]);
    const again = planOf(subject, await inventory(told.google, subject));
    expect(again).toEqual({ steps: [], conflicts: [], unchanged: subject.resources.length });
  }, 300_000);

  it('removes nothing of an agent that is gone while it is to keep what is old', async () => {
    const store = copyOf(whole);
    const { told, rest } = working(replaying(recordings, { store }));
    const gone = subjectOf({ ...deployment, agents: [] });
    const { steps } = planOf(gone, await inventory(told.google, gone));
    expect(steps.map(({ action }) => action)).toContain('remove');
    expect((await provision(told, gone, { ...rest, keepsOld: true })).steps).toBe(0);
    expect(store).toEqual(whole);
  });

  it('leaves the doctor nothing to mend', async () => {
    const there = await inventory(replaying(recordings, { store: copyOf(whole) }), subject);
    expect(checkResources(subject, there)).toEqual([]);
  });

  it('has the doctor name each thing that is otherwise, and mend it', async () => {
    const store = copyOf(whole);
    const count = spoil(store);
    const { told, rest } = working(replaying(recordings, { store }));
    const look = async () => checkResources(subject, await inventory(told.google, subject));
    const findings = await look();
    expect(findings).toHaveLength(count);
    expect(findings.filter(({ isFixable, mend }) => !isFixable || mend.length === 0)).toEqual([]);
    expect(await fix({ ...told, deployment }, findings, rest)).toBe(count);
    expect(await look()).toEqual([]);
  });

  it.each([
    [new Refused('NOT_FOUND', 'Topic does not exist.'), 'GOOGLE_REFUSED'],
    [new Refused('PERMISSION_DENIED', 'The caller does not have permission'), 'PERMISSION_MISSING'],
    [new Refused('RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric'), 'QUOTA_EXCEEDED'],
    [new Refused('UNAUTHENTICATED', 'Request had invalid credentials.'), 'NOT_SIGNED_IN'],
    [
      new Refused(
        'FAILED_PRECONDITION',
        'One or more users named in the policy do not belong to a permitted customer.',
      ),
      'POLICY_FORBIDS',
    ],
    [
      new Refused('FAILED_PRECONDITION', 'This API method requires billing to be enabled.'),
      'BILLING_OFF',
    ],
  ] as const)('%s is told by its code, out of what gcloud prints', async (refused, code) => {
    server.fault = () => refused;
    const asked = at.google.gcloud(['pubsub', 'topics', 'describe', 't']);
    const error = await asked.catch((each: unknown) => each);
    server.fault = undefined;
    expect(failureOf(error).code).toBe(code);
  });

  it('a service that is off is named, out of what gcloud prints', async () => {
    const { store } = server;
    server.store = emptyStore();
    const asked = at.google.gcloud(['tasks', 'queues', 'list', '--location=europe-west1']);
    await expect(asked).rejects.toMatchObject({ service: 'cloudtasks.googleapis.com' });
    server.store = store;
  });

  it('a project that is not there, or not shown, is told as such', async () => {
    server.fault = () => new Refused('PERMISSION_DENIED', 'The caller does not have permission');
    const asked = describeProject(at.google, 'no-such-project');
    await expect(asked).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
    server.fault = undefined;
  });

  it('is executed whole: every command of it, by gcloud itself', () => {
    const { steps } = planOf(subject, { found: new Map() });
    const commands = steps.flatMap((step) => step.commands);
    const unseen = commands.filter(
      (command) => command.tool === 'gcloud' && !wasSeen(recordings, command.args, command.files),
    );
    say(
      `gcloud executed ${commands.length - unseen.length} of ${commands.length} commands of the plan for ${subject.resources.length} resources`,
    );
    expect(unseen).toEqual([]);
  });

  it('shows each command of it in a dry run, in order, and changes nothing', async () => {
    const store = emptyStore();
    const { told, events, rest } = working(replaying(recordings, { store }));
    const { steps } = await provision(told, subject, { ...rest, isDryRun: true });
    const shown = events.flatMap((event) => (event.kind === 'command' ? [event.command] : []));
    const planned = planOf(subject, { found: new Map() }).steps.flatMap(({ commands }) => commands);
    const isLock = (command: unknown): boolean => JSON.stringify(command).includes(lockSecret);
    expect(shown.filter((command) => !isLock(command))).toEqual(planned);
    expect(shown.filter(isLock)).toHaveLength(2);
    expect(steps).toBe(planOf(subject, { found: new Map() }).steps.length);
    expect(store).toEqual(emptyStore());
  });

  it('goes on from wherever it was interrupted, and leaves everything as the list has it', async () => {
    const snapshots = await states(recordings, emptyStore(), provisioned);
    expect(snapshots.length).toBeGreaterThan(100);
    for (const [at, store] of snapshots.entries()) {
      const google = replaying(recordings, { store });
      const { steps } = await provisioned(google);
      const where = `after ${at} changes`;
      expect(missing(store, deployment, subject.resources), where).toEqual([]);
      const again = planOf(subject, await inventory(google, subject));
      expect(again, where).toMatchObject({ steps: [], conflicts: [] });
      // Where all was done but the lock was not let go, nobody needs it: it goes by itself.
      if (steps > 0) expect(store.things.has(lockKey), where).toBe(false);
    }
  }, 240_000);

  describe('alerts:', () => {
    tellsWhomItShould(recordings, () => whole);
  });

  describe('bad input:', () => {
    holdsAgainstBadInput(recordings);
  });

  it('leaves nothing when it is torn down after ten runs', async () => {
    const { collections } = await leaveTenRuns(server.store, deployment.project);
    server.fault = ({ verb }) =>
      verb === 'listCollectionIds' ? { collectionIds: collections } : undefined;
    await tornDown(recording(at.lanes, server, recordings));
    server.fault = undefined;
    expect(left(server.store)).toEqual([
      'namespaces/acme-drover/jobs/of-another',
      'projects/acme-drover/secrets/of-another',
    ]);
    expect([...server.store.policies.values()].flatMap(({ bindings }) => bindings)).toEqual([]);
  }, 300_000);

  it('goes on with its removal from wherever it was interrupted', async () => {
    const snapshots = await states(recordings, copyOf(whole), tornDown);
    expect(snapshots.length).toBeGreaterThan(50);
    // A lock goes by itself, and rules that were released nowhere do nothing: neither is looked for.
    const stays = /\/secrets\/drover-lock$|\/rulesets\//;
    for (const [at, store] of snapshots.entries()) {
      await tornDown(replaying(recordings, { store }));
      const where = `after ${at} changes`;
      expect(
        left(store).filter((name) => !stays.test(name)),
        where,
      ).toEqual([]);
      expect(
        [...store.policies.values()].flatMap(({ bindings }) => bindings),
        where,
      ).toEqual([]);
    }
  }, 240_000);
});
