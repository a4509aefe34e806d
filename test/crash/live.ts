import type { Iam } from '../../infra/local/iam/iam.ts';
import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { createWorld, type WorldOptions } from '../world.ts';
import type { Fault } from './fault.ts';
import type { SiteFinder } from './find-site.ts';
import { Crash, createInstances, type SeenCall } from './instances.ts';
import { unsettled } from './settled.ts';
import { createStage, type Stage } from './stage.ts';
import { createTopic } from './topic.ts';

/** A piece of Drover's life, in which anything may go wrong once at any call of a port. */
export interface Scenario {
  /** Half a sentence. */
  title: string;
  project: Project;
  /** What its containers do. Default: they exit with 0 at once. */
  container?: WorldOptions['container'];
  imageExists?(image: string): boolean;
  /** Default: Cloud Run takes no time. */
  pace?: WorldOptions['pace'];
  /** What was before: nothing goes wrong here. What it answers is handed on. Default: nothing. */
  prepare?(stage: Stage): Promise<void>;
  /** What happens: each caller asks again until it has an answer. */
  live(stage: Stage): Promise<void>;
  /** Throws when the end is not what it must be, whatever went wrong. */
  check(stage: Stage): Promise<void>;
}

/** What a life came to. */
export interface Lived {
  calls: readonly SeenCall[];
  /** Calls whose site is not known. */
  unknown: readonly string[];
  /** Whether the fault happened. */
  hasFailed: boolean;
  /** Ticks from the fault until everything had converged. */
  sweeps: number;
  /** What was wrong with it; undefined: nothing. */
  wrong: string | undefined;
}

/** Ticks after which nobody waits for a world to converge any more. */
const mostSweeps = 8;
const minuteMs = 60_000;

/** Lives a scenario, with a fault in it or undisturbed. */
export async function live(
  scenario: () => Scenario,
  findSite: SiteFinder,
  fault?: Fault,
  iam?: Iam,
): Promise<Lived> {
  const { project, container = () => ({ exitCode: 0 }), ...own } = scenario();
  const instances = createInstances(findSite, fault);
  const secrets = new Map<string, string>();
  const bugs: string[] = [];
  const topic = createTopic();
  const world = await createWorld({
    project,
    container: (start) => {
      const secret = start.env.SHUTDOWN_SECRET;
      if (secret !== undefined) {
        const [run = ''] = secret.split('.');
        if (secrets.has(run)) bugs.push(`${run} was started twice`);
        secrets.set(run, secret);
      }
      return container(start);
    },
    ...(own.imageExists && { imageExists: own.imageExists }),
    ...(own.pace && { pace: own.pace }),
    logSink: true,
    wrap: topic.wrap,
    instance: instances.of,
    iam: iam ?? null,
    failed: (name, error) => {
      if (!isExpected(error)) bugs.push(`${name} threw ${String(error)}`);
    },
  });
  const stage = createStage(world, instances, secrets);
  let wrong: string | undefined;
  try {
    await own.prepare?.(stage);
    instances.arm();
    await own.live(stage);
    await converge(stage);
    await own.check(stage);
    bugs.push(...topic.outOfOrder, ...(await topic.untold(world)));
    if (bugs.length > 0) throw new Error(bugs.join('; '));
  } catch (error) {
    wrong = error instanceof Error ? error.message : String(error);
  }
  const { calls, unknown } = instances;
  return { calls, unknown, hasFailed: instances.hasFailed(), sweeps: stage.sweeps(), wrong };
}

/** Lets the minutes pass until there is nothing left to do. */
async function converge(stage: Stage): Promise<void> {
  const { world } = stage;
  for (let minutes = 0; ; minutes += 1) {
    const left = minuteMs - (world.ports.clock.now() % minuteMs);
    await world.advance(left);
    const rest = await unsettled(world, stage.open);
    if (rest.length === 0) return;
    if (minutes === mostSweeps) throw new Error(rest.join('; '));
    await stage.tick();
  }
}

/** What functions may throw when something goes wrong around them; anything else is a bug of ours. */
function isExpected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  return (
    [Crash, Retryable, Permanent].some((kind) => error instanceof kind) ||
    (error instanceof CloudError && error.transient)
  );
}
