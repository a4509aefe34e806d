import { hostname, userInfo } from 'node:os';
import type { Clock } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { carryOut, type Progress } from './carry-out.ts';
import { refuseForeignDatabase } from './foreign-database.ts';
import { type Inventory, inventory, nothing } from './inventory.ts';
import { type Subject, wordFor } from './kinds.ts';
import { type Lock, lockSecret, releaseCommand, takeCommand, takeLock } from './lock.ts';
import { persist } from './persist.ts';
import { type Plan, planOf, type Step } from './plan.ts';
import { preflight } from './preflight.ts';
import { checkRegion } from './region.ts';

/** What changing a deployment needs of this machine and of whoever started it. */
export interface Working {
  clock: Clock;
  /** Whether a process of this machine is alive. */
  isAlive: (pid: number) => boolean;
  /** Stops between two commands. */
  signal?: AbortSignal;
}

export interface ProvisionOptions {
  isDryRun: boolean;
  keepsOld?: boolean;
  sharesDatabase?: boolean;
}

const lockTitle = 'Keep others from changing it meanwhile';

type Told = Pick<Context, 'google' | 'print' | 'isOffline'>;

/** Looks after which a deployment that is still not as it should be is given up. */
const mostLooks = 4;

/**
 * Makes everything of `subject` that is not there, changes what is not as it should be, and removes what is not needed any more.
 * What an earlier call did stays done: this one goes on from there. Answers how many steps there were, and how many resources
 * were as they should be.
 *
 * @param keepsOld Removes nothing: what is not needed any more may still be in use.
 * @param sharesDatabase Whether a person agreed that Drover has a database that something else uses.
 * @throws Failure, GoogleRefusal
 */
export async function provision(
  told: Told,
  subject: Subject,
  { isDryRun, keepsOld = false, sharesDatabase = false, ...working }: Working & ProvisionOptions,
): Promise<{ steps: number; unchanged: number }> {
  const { google, isOffline } = told;
  const { deployment, resources } = subject;
  const planNow = async (): Promise<Plan> => {
    const there = isOffline ? nothing : await look(told, subject);
    if (!sharesDatabase) refuseForeignDatabase(subject, there);
    const plan = check(planOf(subject, there));
    const isMeant = ({ action }: Step): boolean => !(keepsOld && action === 'remove');
    return { ...plan, steps: plan.steps.filter(isMeant) };
  };
  const kinds = [...new Set(resources.map(({ kind }) => kind))];
  if (!isOffline) {
    await preflight(google, deployment, kinds);
    // Where the service is on already. Whatever is asked of a region that is none is refused with less clear words.
    await checkRegion(google, deployment);
  }
  let plan = await planNow();
  const first = { steps: plan.steps.length, unchanged: plan.unchanged };
  if (isDryRun) {
    showPlan(told, plan);
    return first;
  }
  if (plan.steps.length === 0) return first;

  const services = plan.steps.filter(({ resource }) => resource.kind === 'api');
  if (services.length > 0) {
    // Two may enable the same service: no lock is needed, and none could be taken before.
    await carryOut(google, { steps: services }, reporting(told, working));
    await checkRegion(google, deployment);
    plan = await planNow();
    if (plan.steps.length === 0) return first;
  }
  await locked(told, working, async (lock) => {
    for (let looks = 1; plan.steps.length > 0; looks += 1) {
      const options = { ...reporting(told, working), before: () => lock.renew() };
      const { surprised } = await carryOut(google, plan, options);
      if (!surprised) return;
      if (looks === mostLooks) throw unsettled(plan.steps);
      plan = await planNow();
    }
  });
  return first;
}

/** Does `work` while nobody else changes the deployment. */
export async function locked(
  { google, print }: Pick<Context, 'google' | 'print'>,
  { clock, isAlive }: Working,
  work: (lock: Lock) => Promise<void>,
): Promise<void> {
  const lock = await persist(
    clock,
    () => takeLock(google, thisProcess(), { now: () => clock.now(), isAlive }),
    // Secret Manager may have been enabled just now.
    ({ message }, ms) =>
      print({
        kind: 'note',
        text: `${lockTitle}: again in ${ms / 1_000} s (${message.split('\n')[0]})`,
      }),
  );
  try {
    await work(lock);
  } finally {
    // What ended the work says more than this would.
    await lock.release().catch(() => {
      print({
        kind: 'note',
        text: `The lock ${lockSecret} could not be removed. It goes by itself within 20 minutes.`,
      });
    });
  }
}

/** This process, as a holder of the lock. */
export function thisProcess(): { host: string; user: string; pid: number } {
  return { host: hostname(), user: userInfo().username, pid: process.pid };
}

async function look({ google, print }: Told, subject: Subject): Promise<Inventory> {
  const title = 'Look at what is there';
  print({ kind: 'step', title, state: 'begun' });
  try {
    const there = await inventory(google, subject);
    print({ kind: 'step', title, state: 'done', note: `${there.found.size} resources` });
    return there;
  } catch (error) {
    print({ kind: 'step', title, state: 'failed' });
    throw error;
  }
}

/** Refuses what a person must decide, before anything is changed. */
function check(plan: Plan): Plan {
  if (plan.conflicts.length === 0) return plan;
  throw new Failure(
    'CANNOT_CHANGE',
    `${plan.conflicts.length === 1 ? 'A resource is' : `${plan.conflicts.length} resources are`} there that Drover needs otherwise, and that cannot be changed. Nothing was changed.`,
    {
      details: plan.conflicts.flatMap(({ resource: { kind, id }, differences }) =>
        differences.map(
          ({ field, found, wanted }) =>
            `${wordFor[kind]} ${id}: ${field} is ${found}, and should be ${wanted}`,
        ),
      ),
    },
  );
}

function unsettled(steps: readonly Step[]): Failure {
  return new Failure('NOT_SETTLED', undefined, { details: steps.map(({ title }) => title) });
}

export function reporting(
  { print }: Pick<Context, 'print'>,
  { clock, signal }: Working,
): Parameters<typeof carryOut>[2] {
  return {
    clock,
    ...(signal ? { signal } : {}),
    onStep: ({ title }: Step, state: Progress, note?: string) =>
      print({ kind: 'step', title, state, ...(note === undefined ? {} : { note }) }),
    onWait: ({ title }, ms, why) =>
      print({ kind: 'note', text: `${title}: again in ${ms / 1_000} s (${why.split('\n')[0]})` }),
  };
}

/** Tells each command of a plan in the order in which it would be given, the lock's among them. */
export function showPlan({ print }: Pick<Context, 'print'>, { steps }: Pick<Plan, 'steps'>): void {
  const services = steps.filter(({ resource }) => resource.kind === 'api');
  const others = steps.filter((step) => !services.includes(step));
  const show = ({ title, commands }: Pick<Step, 'title' | 'commands'>): void => {
    for (const command of commands) print({ kind: 'command', title, command });
  };
  services.forEach(show);
  if (others.length === 0) return;
  show({ title: lockTitle, commands: [takeCommand(thisProcess())] });
  others.forEach(show);
  show({ title: 'Let others change it again', commands: [releaseCommand] });
}
