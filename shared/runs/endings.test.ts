import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World, type WorldOptions } from '../../test/world.ts';
import { CloudError, type Jobs, type Ports } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import { killRun, takeDown } from './kill.ts';
import { type Reason, reasons } from './reasons.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';

/** A run of a world, through to an end of it. */
interface Life {
  agent?: Partial<Agent>;
  options?: Partial<WorldOptions>;
  /** What happens to the first run once everything has come to rest. Default: nothing. */
  afterwards?(world: World, runId: string): Promise<unknown>;
}

const exits = (exitCode: number): Life => ({ options: { container: () => ({ exitCode }) } });

function jobs(change: (jobs: Jobs) => Partial<Jobs>): Partial<WorldOptions> {
  return { wrap: (ports: Ports) => ({ ...ports, jobs: { ...ports.jobs, ...change(ports.jobs) } }) };
}

/** What `over` says of the execution, instead of what Cloud Run says. */
function broken(exit: { message: string } & { exitCode?: number }, hasStarted = true): Life {
  return {
    options: jobs((own) => ({
      execution: async (job, name) => {
        const found = await own.execution(job, name);
        if (!found) return found;
        const { startedAt = 0, over: _, ...rest } = found;
        const over = { at: startedAt + 1_000, outcome: 'failed', exit } as const;
        return { ...rest, ...(hasStarted ? { startedAt } : {}), over };
      },
    })),
    afterwards: (world) => world.advance(60_000),
  };
}

/** A second run of the event's key comes while the first still is there. */
const again = async (world: World): Promise<void> => {
  await world.deliver('2');
  await world.settle();
};

const octavia = { who: 'octavia', why: 'wrong branch' };

/** One way to each reason: a new one needs its own. */
const ways: { readonly [reason in Reason]: Life } = {
  completed: exits(0),
  rerun_requested: exits(42),
  exit_code: exits(1),
  agent_timeout: exits(124),
  signal: { options: { container: () => ({ signal: 11 }) } },
  out_of_memory: broken({ message: 'The configured memory limit was reached.' }),
  interrupted: broken({ message: 'The machine went away.' }),
  container_not_started: broken({ message: 'It did not start.' }, false),
  image_not_found: { options: { imageExists: () => false } },
  secret_unreadable: {
    options: {
      wrap: (ports) => ({
        ...ports,
        jobs: {
          ...ports.jobs,
          start: async (job) => {
            const own = job.secretEnv.SHUTDOWN_SECRET;
            if (own) await ports.secrets.delete(own.secret);
            return ports.jobs.start(job);
          },
        },
      }),
    },
  },
  credential_missing: { agent: { credentials: ['github_token:default'] } },
  launch_refused: {
    options: jobs(() => ({
      start: async () => {
        throw new CloudError('invalid_argument', 'too many CPUs');
      },
    })),
  },
  launch_failed: {
    options: jobs(() => ({
      start: async () => {
        throw new CloudError('unavailable', 'away');
      },
    })),
    afterwards: (world) => world.advance(10 * 60_000),
  },
  timeout: { afterwards: (world) => world.advance(3 * 60_000) },
  killed: {
    afterwards: async (world, runId) => {
      await killRun(world.ports, world.releases, runId, octavia);
      await world.settle();
    },
  },
  superseded: {
    afterwards: async (world, runId) => {
      const stop = { reason: 'superseded', by: 'drover', why: '' } as const;
      await takeDown(world.ports, world.releases, runId, stop);
      await world.settle();
    },
  },
  cancelled_outside: {
    afterwards: async (world, runId) => {
      const { execution } = await world.run(runId);
      await world.ports.jobs.cancel(`drover-${runId}`, execution ?? '');
      await world.advance(60_000);
    },
  },
  execution_vanished: {
    afterwards: async (world, runId) => {
      await world.ports.jobs.delete(`drover-${runId}`);
      await world.advance(60_000);
    },
  },
  queue_overflow: { agent: { maxWorkQueueSize: 0 }, afterwards: again },
  key_busy: {
    agent: { scale: 2, concurrency: { key: '{repo}', busy: 'skip' } },
    afterwards: again,
  },
};

async function endsOf({ agent = {}, options = {}, afterwards }: Life): Promise<Run[]> {
  const world = await createWorld({ project: projectOf({ triage: agent }), ...options });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await afterwards?.(world, triage);
  return (await world.runs()).filter(({ state }) => isOver(state));
}

describe('a run that is over', () => {
  it.each(Object.entries(ways))(
    'because of %s says so, in a state that fits',
    async (reason, life) => {
      const ends = await endsOf(life);
      const [run] = ends;
      expect(ends).toHaveLength(1);
      expect(run?.reason).toBe(reason);
      const fitting: readonly string[] = reasons[reason as Reason];
      expect(fitting).toContain(run?.state);
      expect(run?.summary.startsWith(`triage ${run.state.replace('_', ' ')}: `)).toBe(true);
      expect(run?.timeline.at(-1)).toMatchObject({ state: run?.state });
      expect(run?.cleanedAt).not.toBeNull();
      expect(run?.dueAt).toBeNull();
      expect(run?.expireAt).not.toBeNull();
    },
  );
});
