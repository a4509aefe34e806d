import { Retryable } from '../../shared/errors.ts';
import { acquireLock } from '../../shared/locks/acquire.ts';
import { breakLock } from '../../shared/locks/break.ts';
import { keepLock } from '../../shared/locks/heartbeat.ts';
import { releaseLock } from '../../shared/locks/release.ts';
import { sweepLocks } from '../../shared/locks/sweep-locks.ts';
import { CloudError, type Ports } from '../../shared/ports/index.ts';
import { Died, mishandled } from './mishandled.ts';
import type { Answer, Ask, Operation } from './operation.ts';
import { type Actor, type Plan, runs, type Step } from './plan.ts';
import { killRun, loseRun, putRun } from './runs.ts';
import type { Stage } from './stage.ts';

/** Lets a plan happen on a stage. Answers with what was asked and answered, in the order in which it was asked. */
export async function perform(plan: Plan, stage: Stage): Promise<Operation[]> {
  const history: Operation[] = [];
  const { documents, ports } = stage;
  const secrets = new Map(
    await Promise.all(
      runs.map(async (run): Promise<[string, string]> => {
        const secret = await putRun({ documents, random: ports.random }, stage.nameOf(run));
        return [run, secret];
      }),
    ),
  );
  const meeting = createMeeting(plan.actors.filter(meets).length);
  const act = async (actor: Actor): Promise<void> => {
    for (const step of actor.steps) {
      if (step.verb === 'meet') await meeting();
      else await take(stage, history, secrets.get(actor.run) ?? '', actor, step);
    }
  };
  try {
    await stage.play(Promise.all(plan.actors.map(act)));
  } catch (error) {
    throw new Error(`a lock broke down in the history of seed ${plan.seed}`, { cause: error });
  }
  return history;
}

function meets({ steps }: Actor): boolean {
  return steps.some(({ verb }) => verb === 'meet');
}

/** Resolves for everybody when the last of `count` has come. */
function createMeeting(count: number): () => Promise<void> {
  let missing = count;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing -= 1;
    if (missing <= 0) open();
    return all;
  };
}

async function take(
  stage: Stage,
  history: Operation[],
  secret: string,
  { run, skewMs }: Actor,
  step: Step,
): Promise<void> {
  if (step.verb === 'meet') return;
  if (step.verb === 'pass') return stage.pass(step.ms);
  let lost = 0;
  const { clock } = stage.ports;
  const ports: Ports = {
    ...stage.ports,
    clock: { ...clock, now: () => clock.now() + skewMs },
    documents: mishandled(stage.ports.documents, {
      faults: step.faults,
      later: stage.later,
      unheard: () => {
        lost += 1;
      },
    }),
  };
  if (step.verb === 'sweep') {
    await answered(sweepLocks(ports));
    return;
  }
  const key = step.verb === 'end' ? null : stage.nameOf(step.key);
  const operation: Operation = {
    run: stage.nameOf(step.verb === 'end' ? step.run : run),
    key,
    ask: askOf(step),
    answer: undefined,
    from: stage.instant(),
    to: undefined,
    lost: 0,
  };
  history.push(operation);
  const answer = await answered(carryOut(ports, stage, step, secret, key ?? ''));
  operation.lost = lost;
  if (answer === undefined) return;
  operation.answer = answer;
  operation.to = stage.instant();
}

/** What came of it; undefined: no answer, as it happens. Anything else that goes wrong is a bug. */
async function answered<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const isNoAnswer =
      error instanceof Died || error instanceof CloudError || error instanceof Retryable;
    if (!isNoAnswer) throw error;
    return undefined;
  }
}

function askOf(step: Exclude<Step, { verb: 'meet' | 'pass' | 'sweep' }>): Ask {
  return 'ttlMs' in step ? { verb: step.verb, ttlMs: step.ttlMs } : { verb: step.verb };
}

async function carryOut(
  ports: Ports,
  { releases, nameOf }: Stage,
  step: Exclude<Step, { verb: 'meet' | 'pass' | 'sweep' }>,
  secret: string,
  key: string,
): Promise<Answer> {
  switch (step.verb) {
    case 'acquire':
      return acquireLock(ports, releases, { secret, key, ttl: step.ttlMs / 1_000 });
    case 'keep':
      return keepLock(ports, releases, { secret, key, ttl: step.ttlMs / 1_000 });
    case 'release':
      return releaseLock(ports, { secret, key });
    case 'break':
      return breakLock(ports, key, { who: 'mara@acme.example', why: 'it hangs' });
    case 'end':
      await (step.how === 'killed' ? killRun : loseRun)(ports, nameOf(step.run));
      return { outcome: 'ended' };
  }
}
