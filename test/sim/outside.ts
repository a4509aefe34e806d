import { homeSecretId, keepCredential } from '../../shared/credentials/home.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { publish } from '../../shared/projects/publish.ts';
import { runLabel, runResource } from '../../shared/runs/labels.ts';
import { jobId } from '../../shared/runs/names.ts';
import type { World } from '../world.ts';
import type { Misdeed } from './blame.ts';
import type { Weather } from './faults.ts';
import type { Ledger } from './ledger.ts';
import { location } from './place.ts';
import { credential, nextProject } from './projects.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  weather: Weather;
  chance: Chance;
  schedule: Schedule;
  first: Project;
  isLong: boolean;
  note(text: string): void;
  watch(work: Promise<unknown>): void;
}

/** Outages, and things that people do behind our back. */
export interface Outside {
  /** One of them happens. */
  strike(): void;
  /** Everything that was taken away is there again. */
  mend(): void;
  publish(project: Project): void;
  imageExists(): boolean;
  /** Whether somebody took the job of a run away while it was launching: nobody can know that it had started. */
  isForgotten(run: string): boolean;
  /** What was done to a run, to all of its agent, or to all there are. */
  misdeeds(run: string): Set<Misdeed>;
  /** Notes what somebody does to a run, or to all of an agent. */
  blame(whom: string, what: Misdeed): void;
}

const longestOutageMs = 9 * 60_000;
/** Jobs that Cloud Run takes when nothing is wrong. */
const roomForJobs = 1_000;

export function createOutside(given: Surroundings): Outside {
  const { world, ledger, chance, schedule, first, isLong, note, watch } = given;
  const forgotten = new Set<string>();
  const doneToAll = new Set<Misdeed>();
  const doneTo = new Map<string, Set<Misdeed>>();
  const misdeeds = (run: string): Set<Misdeed> => {
    const agent = ledger.runs.get(run)?.data.agent ?? '';
    return new Set([...doneToAll, ...(doneTo.get(agent) ?? []), ...(doneTo.get(run) ?? [])]);
  };
  const blame = (whom: string, what: Misdeed): void => {
    doneTo.set(whom, new Set(doneTo.get(whom)).add(what));
    note(`somebody ${what} of ${whom}`);
  };
  /** How what is wrong now is put right. */
  const wrong = new Map<string, () => void>();
  const away = new Set<string>();

  const outages = outagesOf(given, away);
  /** Begins an outage that ends by itself, unless it is there already. */
  const outage = (): void => {
    const [what, [begin, end]] = chance.pick(outages);
    if (wrong.has(what)) return;
    const ms = chance.spread(5_000, longestOutageMs);
    note(`${what} for ${Math.round(ms / 1_000)} s`);
    const putRight = (): void => {
      callOff();
      wrong.delete(what);
      note(`${what}: over`);
      end();
    };
    const callOff = schedule.at(schedule.now() + ms, putRight);
    wrong.set(what, putRight);
    if (what === 'the image is missing' || what === 'the credential is missing')
      doneToAll.add(what);
    begin();
  };

  const takeAway = (run: string): void => {
    const name = `${location}/jobs/${jobId(run)}`;
    const what = chance.pick([
      'deleted the job',
      'deleted the execution',
      'cancelled the execution',
    ] as const);
    try {
      const { latest } = world.cloudRun.getJob({ name });
      const execution = { name: `${name}/executions/${latest?.name}` };
      if (what === 'deleted the job') world.cloudRun.deleteJob({ name });
      else if (what === 'cancelled the execution') world.cloudRun.cancelExecution(execution);
      else world.cloudRun.deleteExecution(execution);
    } catch {
      // There is nothing to be taken away.
      return;
    }
    const isLaunching = ledger.runs.get(run)?.data.state === 'launching';
    if (what === 'deleted the job' && isLaunching) forgotten.add(run);
    blame(run, what);
  };
  const meddle = (): void => {
    const runs = ledger.inFlight().map(({ id }) => id);
    const run = runs[chance.between(0, runs.length - 1)];
    if (run === undefined) return;
    if (chance.happens(0.75)) {
      takeAway(run);
    } else {
      blame(run, 'deleted the secrets');
      watch(deleteSecretsOf(world.ports, run));
    }
  };

  const publishSoon = (project: Project): void => {
    const tryIt = async (left: number): Promise<void> => {
      try {
        world.provision(project);
        const id = await world.call('publish', (ports) => publish(ports, project));
        note(`published ${id}: ${describe(project)}`);
      } catch (error) {
        note(`publishing failed: ${error instanceof Error ? error.message : error}`);
        await schedule.sleep(chance.between(100, 5_000));
        if (left > 0) await tryIt(left - 1);
      }
    };
    watch(tryIt(20));
  };

  return {
    isForgotten: (run) => forgotten.has(run),
    misdeeds,
    blame,
    strike: () => {
      const what = chance.fraction();
      if (what < 0.4) meddle();
      else if (what < 0.75) outage();
      else publishSoon(nextProject(chance, first, ledger.project(), isLong));
    },
    mend: () => {
      for (const putRight of [...wrong.values()]) putRight();
    },
    publish: publishSoon,
    imageExists: () => !away.has('image'),
  };
}

type Outage = [what: string, [begin: () => void, end: () => void]];

function outagesOf(
  { world, weather, watch }: Surroundings,
  away: Set<string>,
): [Outage, ...Outage[]] {
  const { cloudRun, ports, tasks } = world;
  const dispatchQueue = `${location}/queues/drover-dispatch`;
  const token = { token: Buffer.from('t') };
  return [
    [
      'Cloud Run takes no job',
      [() => cloudRun.limit({ jobs: 0 }), () => cloudRun.limit({ jobs: roomForJobs })],
    ],
    [
      'Cloud Run takes no write',
      [
        () => cloudRun.limit({ writesPerMinute: 0 }),
        () => cloudRun.limit({ writesPerMinute: Number.POSITIVE_INFINITY }),
      ],
    ],
    ['the image is missing', [() => void away.add('image'), () => void away.delete('image')]],
    [
      'the credential is missing',
      [
        () => watch(ports.secrets.delete(homeSecretId(credential))),
        () => watch(keepCredential(ports, credential, token)),
      ],
    ],
    [
      'Cloud Tasks takes nothing',
      [
        () => {
          weather.tasksAway = true;
        },
        () => {
          weather.tasksAway = false;
        },
      ],
    ],
    [
      'Cloud Scheduler calls nobody',
      [
        () => {
          weather.schedulerAway = true;
        },
        () => {
          weather.schedulerAway = false;
        },
      ],
    ],
    [
      'somebody paused the queue of dispatch',
      [() => void tasks.pauseQueue(dispatchQueue), () => void tasks.resumeQueue(dispatchQueue)],
    ],
  ];
}

async function deleteSecretsOf({ secrets }: Ports, run: string): Promise<void> {
  const found = await secrets.list({ ...runResource, [runLabel]: run });
  await Promise.all(found.map(({ id }) => secrets.delete(id)));
}

/** What matters of a project here, as one line. */
export function describe({ agents, scale, timezone }: Project): string {
  const each = Object.entries(agents).map(([name, agent]) => {
    const { maxWorkQueueSize, maxReruns, concurrency, schedule, retry, budget } = agent;
    const rules = { queue: maxWorkQueueSize, maxReruns, concurrency, schedule, retry, budget };
    return `${name} ${agent.scale} ${JSON.stringify(rules)}`;
  });
  return `${each.join(', ')}; project ${scale ?? 'without limit'}, ${timezone}`;
}
