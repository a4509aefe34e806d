import fc from 'fast-check';
import { expect } from 'vitest';
import { jobId } from '../../shared/runs/names.ts';
import type { RunState } from '../../shared/runs/states.ts';
import { location } from '../sim/place.ts';
import { anyFault, type Fault, suffer } from './faults.ts';
import { candidates, follow, type Model } from './model.ts';
import type { Real } from './real.ts';
import { anyWork, type Work } from './works.ts';

type Command = fc.AsyncCommand<Model, Real, true>;

/** The run that a number points at, of those to which one of these events may happen. */
function pointed(model: Model, work: Pick<Work, 'about'>, at: number): string | undefined {
  if (!work.about) return '';
  const runs = candidates(model, work.about);
  return runs[at % runs.length];
}

/** What one function is to do, for which run of those that it may be about, and what goes wrong. */
interface Task {
  work: Work;
  at: number;
  fault: Fault | null;
}

function nameOf({ work, at, fault }: Task): string {
  const what = work.about ? `${work.name} (${at})` : work.name;
  return fault ? `${what}, ${fault.how} ${fault.when} ${fault.call} ${fault.nth}` : what;
}

/** Functions do something, at the same time if they are several. */
function functions(tasks: readonly Task[]): Command {
  const effects = {
    events: tasks.flatMap(({ work }) => work.events),
    admits: tasks.some(({ work }) => work.admits),
  };
  const act = async (model: Model, real: Real): Promise<void> => {
    const done = tasks.map(({ work, at, fault }) => {
      const run = pointed(model, work, at) ?? '';
      return suffer(real.ports, fault, (ports) => work.do(ports, real, run));
    });
    await Promise.all(done);
  };
  return {
    check: async (model) => tasks.every(({ work, at }) => pointed(model, work, at) !== undefined),
    run: async (model, real) => {
      const certain = certainOf(model, tasks);
      await act(model, real);
      await follow(model, real, effects);
      if (certain) expect(model.runs.get(certain.run)?.state, certain.run).toBe(certain.state);
    },
    toString: () => tasks.map(nameOf).join(' | '),
  };
}

/** Where one run is for certain afterwards. */
function certainOf(
  model: Model,
  tasks: readonly Task[],
): { run: string; state: RunState } | undefined {
  const [only, ...others] = tasks;
  if (!only || others.length > 0 || only.fault) return undefined;
  const run = pointed(model, only.work, only.at) ?? '';
  const before = model.runs.get(run)?.state;
  const state = before && only.work.leads?.[before];
  return state && { run, state };
}

/** What happens in the world without a function: no run changes by it. */
function happening(
  name: string,
  check: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<unknown>,
): Command {
  return {
    check: async (model) => check(model),
    run: async (model, real) => {
      await act(model, real);
      await follow(model, real, { events: [] });
    },
    toString: () => name,
  };
}

const inFlight = { about: ['note'] } as const;
const exits = [
  { exitCode: 0 },
  { exitCode: 1 },
  { exitCode: 42 },
  { exitCode: 124 },
  { signal: 9 },
];

const takings = ['job', 'execution', 'cancelled', 'secrets'] as const;

/** Somebody does something to a run's resources behind our back. */
async function takeAway({ world }: Real, run: string, what: (typeof takings)[number]) {
  const name = `${location}/jobs/${jobId(run)}`;
  if (what === 'secrets') {
    const secrets = await world.ports.secrets.list({ 'drover-run': run });
    await Promise.all(secrets.map(({ id }) => world.ports.secrets.delete(id)));
    return;
  }
  try {
    const { latest } = world.cloudRun.getJob({ name });
    const execution = { name: `${name}/executions/${latest?.name}` };
    if (what === 'job') world.cloudRun.deleteJob({ name });
    else if (what === 'execution') world.cloudRun.deleteExecution(execution);
    else world.cloudRun.cancelExecution(execution);
  } catch {
    // There is nothing to be taken away.
  }
  await world.settle();
}

const at = fc.nat({ max: 5 });
const task = anyWork.chain((work) =>
  fc.record({
    work: fc.constant(work),
    at,
    fault: fc.oneof(
      { weight: 2, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: anyFault(work.calls) },
    ),
  }),
);

/** Mostly less than it takes a container to be stopped. */
const seconds = fc.constantFrom(1, 31, 31, 31, 125, 200, 901, 3_700);

const happenings: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constant(
      happening(
        'containers start',
        (model) => pointed(model, inFlight, 0) !== undefined,
        (_, { world }) => world.settle(),
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record({ run: at, how: fc.constantFrom(...exits) }).map(({ run, how }) =>
      happening(
        `a container ends (${run}) ${JSON.stringify(how)}`,
        (model) => pointed(model, inFlight, run) !== undefined,
        (model, { world }) => world.exit(pointed(model, inFlight, run) ?? '', how),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ run: at, what: fc.constantFrom(...takings) }).map(({ run, what }) =>
      happening(
        `taken away: ${what} (${run})`,
        (model) => pointed(model, inFlight, run) !== undefined,
        (model, real) => takeAway(real, pointed(model, inFlight, run) ?? '', what),
      ),
    ),
  },
  {
    weight: 2,
    arbitrary: seconds.map((count) =>
      happening(
        `${count} s pass`,
        ({ runs }) => runs.size > 0,
        (_, { world }) => world.advance(count * 1_000),
      ),
    ),
  },
);

/** What the world can do to runs. */
export const commands: fc.Arbitrary<Command>[] = [
  task.map((one) => functions([one])),
  task.map((one) => functions([one])),
  fc.array(task, { minLength: 1, maxLength: 2, size: 'max' }).map(functions),
  happenings,
];
