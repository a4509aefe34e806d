import { carryOut } from '../deploy/carry-out.ts';
import type { SharedFunction } from '../deploy/traffic.ts';
import { promotion, rollBack } from '../deploy/turn-traffic.ts';
import { locked, type Working } from '../provision/provision.ts';
import type { Context } from './context.ts';
import { Failure } from './errors.ts';

/** Whither the traffic of functions goes: to the newest version, or to the one before it. */
export type Turning = 'promote' | 'rollback';

/** Gives one version of the functions all traffic. Answers with the titles of what was done, or would be. */
export async function turnTraffic(
  context: Context,
  how: Turning,
  functions: readonly SharedFunction[],
  working: Working & { isDryRun: boolean },
): Promise<string[]> {
  const { google, deployment, print, isOffline } = context;
  if (isOffline) {
    throw new Failure(
      'NOT_SIGNED_IN',
      'What has the traffic is not known: Google could not be asked.',
    );
  }
  const find = how === 'promote' ? promotion : rollBack;
  const { steps, impossible } = await find(google, deployment, functions);
  if (impossible.length > 0) throw impossibleFor(how, impossible);
  if (working.isDryRun) {
    for (const { title, commands } of steps) {
      for (const command of commands) print({ kind: 'command', title, command });
    }
  } else if (steps.length > 0) {
    await locked(context, working, (lock) =>
      carryOut(google, [{ steps, lanes: 1 }], {
        clock: working.clock,
        signal: working.signal,
        before: () => lock.renew(),
        onStep: ({ title }, state, note) =>
          print({ kind: 'step', title, state, ...(note === undefined ? {} : { note }) }),
      }),
    );
  }
  return steps.map(({ title }) => title);
}

/** Nothing is done for some of the functions only: they would be of different versions. */
function impossibleFor(how: Turning, functions: readonly SharedFunction[]): Failure {
  const names = functions.join(' and ');
  return how === 'promote'
    ? new Failure('NOT_PROVISIONED', `${names} was not deployed yet.`, {
        todo: 'Run `drover deploy`.',
      })
    : new Failure('NOTHING_TO_ROLL_BACK', `There is no other version of ${names} to go back to.`);
}
