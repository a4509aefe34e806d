import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineContext, memoryStore } from '../infra/local/engines/engine.ts';
import { createFirestoreEngine, type IndexFile } from '../infra/local/engines/firestore/index.ts';
import type { LogEntry } from '../infra/local/engines/log-entry.ts';
import { createRunEngine, type Exited, type RunAction } from '../infra/local/engines/run/index.ts';
import { createSecretsEngine } from '../infra/local/engines/secrets/index.ts';
import { createTasksEngine } from '../infra/local/engines/tasks/index.ts';
import { inProcessDocuments } from '../infra/local/in-process/documents.ts';
import { inProcessJobs } from '../infra/local/in-process/jobs.ts';
import { inProcessSecrets } from '../infra/local/in-process/secrets.ts';
import { inProcessTasks } from '../infra/local/in-process/tasks.ts';
import { repositoryRoot } from '../infra/local/repository.ts';
import { queues, serviceAccount } from '../infra/resources.ts';
import { dispatch } from '../shared/agents/dispatch.ts';
import type { AgentState } from '../shared/agents/slot-list.ts';
import type { CloudSettings } from '../shared/cloud/settings.ts';
import { accept } from '../shared/deliveries/accept.ts';
import type { LogEntry as LogLine, Ports } from '../shared/ports/index.ts';
import type { Project } from '../shared/projects/project.ts';
import { publish } from '../shared/projects/publish.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import { readSinkEntry } from '../shared/runs/log-entry.ts';
import { poll } from '../shared/runs/poll.ts';
import type { Run } from '../shared/runs/run.ts';
import { wakePoll } from '../shared/runs/wake.ts';
import { sweep } from '../shared/sweep/sweep.ts';
import type { WebhookContext } from '../shared/webhooks/provider.ts';

type Start = Extract<RunAction, { kind: 'start' }>;

/** How a container of the world behaves: it runs until told to exit, or exits at once with what this answers. */
export type Container = (start: Start) => Exited | 'runs';

/**
 * Domain and engines in one thread under a clock that stands still until it is moved: everything that the functions would do,
 * without HTTP, gRPC or waiting.
 */
export interface World {
  ports: Ports;
  releases: Releases;
  /** Moves the clock, delivering what comes due on the way. */
  advance(ms: number): Promise<void>;
  /** Delivers every wake-up, action and event that is due now. */
  settle(): Promise<void>;
  sweep(): Promise<void>;
  /** A delivery of GitHub; answers with the run ids by agent. */
  deliver(
    deliveryId: string,
    context?: Partial<WebhookContext>,
  ): Promise<{ [agent: string]: string }>;
  run(id: string): Promise<Run>;
  runs(): Promise<Run[]>;
  slots(agent: string): Promise<string[]>;
  /** Executions started so far, by job, in order. */
  started: string[];
  /** Ids of the runs whose container runs. */
  inFlight(): Promise<string[]>;
  /** Ends the container of a run. */
  exit(runId: string, how: Exited): Promise<void>;
  /** Names of the jobs and secrets of runs that exist. */
  leftovers(): Promise<string[]>;
  publish(project: Project): Promise<void>;
  tasks: ReturnType<typeof createTasksEngine>;
  container: Container;
  /** What every container has said, in Cloud Logging. */
  said: LogLine[];
  /** Whether ends of executions are told through the log sink. Default: true. */
  sink: boolean;
  /** Whether Cloud Run starts a container within the call that creates its job, or only afterwards. Default: true. */
  prompt: boolean;
}

const place = { project: 'drover-test', region: 'here' };
const settings = { ...place, gatewayUrl: 'https://gateway.test' };
const cloudSettings: CloudSettings = {
  ...place,
  targets: {
    dispatch: { queue: 'drover-dispatch', url: 'https://dispatch.test' },
    poll: { queue: 'drover-poll', url: 'https://poll.test' },
  },
  tasksServiceAccount: serviceAccount('tasks', place.project),
  agentServiceAccount: serviceAccount('agent', place.project),
};
const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface WorldOptions {
  project: Project;
  container?: Container;
  /** Wraps the ports that the domain gets, to count calls or to make them fail. */
  wrap?(ports: Ports): Ports;
  /** Wraps the ports of one call of a function: an instance that may die by itself, which rejects `death`. */
  instance?(ports: Ports): { ports: Ports; death: Promise<never> };
  /** Where chance comes from: a number in [0, 1). Default: a fixed sequence. */
  random?(): number;
  imageExists?(image: string): boolean;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  let time = Date.parse('2026-03-01T12:00:00Z');
  let draws = 0;
  const context: EngineContext = {
    now: () => time,
    random:
      options.random ??
      (() => {
        draws = (draws * 16_807 + 11) % 2_147_483_647;
        return draws / 2_147_483_647;
      }),
    store: memoryStore(),
  };
  const ended: string[] = [];
  const indexes = JSON.parse(
    readFileSync(join(repositoryRoot(), 'infra/firestore/firestore.indexes.json'), 'utf8'),
  ) as IndexFile;
  const firestore = createFirestoreEngine(context, { project: place.project, indexes });
  const secrets = createSecretsEngine(context, place);
  const tasks = createTasksEngine(context, { queues: queues(place) });
  const run = createRunEngine(context, {
    ...place,
    imageExists: options.imageExists ?? (() => true),
    readSecret: secrets.readSecret,
    emit: (entry: LogEntry) => {
      const read = readSinkEntry({ ...entry, timestamp: new Date(entry.timestamp).toISOString() });
      if (read.kind === 'ended' && world.sink) ended.push(read.runId);
    },
  });
  const idle = { changed: () => {} };
  const engines: Ports = {
    clock: { now: () => time, sleep: async () => {} },
    random: {
      bytes: (length) => Uint8Array.from({ length }, () => Math.floor(context.random() * 256)),
      fraction: context.random,
    },
    documents: inProcessDocuments(firestore),
    tasks: inProcessTasks(tasks, cloudSettings, idle),
    secrets: inProcessSecrets(secrets),
    jobs: inProcessJobs(run, cloudSettings, { changed: () => world.prompt && actAll() }),
    logs: { last: async () => world.said },
    log: silent,
  };
  const ports = options.wrap?.(engines) ?? engines;
  let releases = createReleases(ports);
  const executions = new Map<string, string>();
  /** Does what one call of a function does; an instance that dies takes with it what it has read of releases. */
  const inInstance = <T>(work: (own: Ports, ownReleases: Releases) => Promise<T>): Promise<T> => {
    const mortal = options.instance?.(ports);
    if (!mortal) return work(ports, releases);
    return Promise.race([work(mortal.ports, createReleases(mortal.ports)), mortal.death]);
  };

  const act = (action: RunAction): void => {
    if (action.kind === 'signal') {
      run.exited(action.execution, { signal: action.signal === 'SIGTERM' ? 15 : 9 });
      return;
    }
    const job = action.execution.split('/')[5] ?? '';
    world.started.push(job);
    executions.set(job, action.execution);
    run.started(action.execution);
    const how = world.container(action);
    if (how !== 'runs') run.exited(action.execution, how);
  };
  const actAll = (): boolean => {
    const actions = run.take();
    for (const action of actions) act(action);
    return actions.length > 0;
  };
  const call = async (url: string, body: string): Promise<void> => {
    const {
      agent,
      run: runId,
      attempt,
      n,
    } = JSON.parse(body) as {
      agent?: string;
      run?: string;
      attempt?: number;
      n?: number;
    };
    await inInstance(async (own, ownReleases): Promise<void> => {
      if (url === cloudSettings.targets.dispatch.url) {
        await dispatch(own, settings, ownReleases, agent ?? '');
        return;
      }
      const ordinal = attempt === undefined || n === undefined ? undefined : { attempt, n };
      await poll(own, ownReleases, runId ?? '', ordinal);
    });
  };
  const attempt = async (taken: ReturnType<typeof tasks.take>[number]): Promise<void> => {
    try {
      await call(taken.url, taken.body.toString());
      tasks.settle(taken, { status: 200 });
    } catch {
      tasks.settle(taken, { status: 500 });
    }
  };

  const world: World = {
    ports,
    releases,
    started: [],
    tasks,
    container: options.container ?? (() => 'runs'),
    said: [],
    sink: true,
    prompt: true,
    settle: async () => {
      for (;;) {
        const acted = actAll();
        const told = ended.splice(0);
        const attempts = tasks.take();
        if (!acted && told.length + attempts.length === 0) return;
        for (const runId of told) await wakePoll(ports, runId);
        await Promise.all(attempts.map(attempt));
      }
    },
    advance: async (ms) => {
      const until = time + ms;
      await world.settle();
      for (;;) {
        const due = Math.min(...[run.nextDue(), tasks.nextDue()].map((at) => at ?? until));
        if (due >= until) break;
        time = Math.max(time, due);
        await world.settle();
      }
      time = until;
      await world.settle();
    },
    sweep: async () => {
      await inInstance((own) => sweep(own));
      await world.settle();
    },
    deliver: async (deliveryId, event = {}) => {
      return inInstance(async (own, ownReleases) => {
        const current = await ownReleases.current();
        if (!current) throw new Error('no release');
        const { runs } = await accept(own, settings, current, {
          source: 'github',
          deliveryId,
          contentType: 'application/json',
          body: Buffer.from(JSON.stringify({ deliveryId })),
          context: {
            source: 'github',
            event: 'issues',
            action: 'labeled',
            repo: 'acme/pasture',
            sender: 'octavia',
            timestamp: new Date(time).toISOString(),
            ...event,
          },
        });
        return runs;
      });
    },
    run: async (id) => {
      const found = await engines.documents.get<Run>(`runs/${id}`);
      if (!found) throw new Error(`no run ${id}`);
      return found.data;
    },
    runs: async () => {
      const found = await engines.documents.query<Run>({ collection: 'runs', limit: 10_000 });
      return found.map(({ data }) => data);
    },
    slots: async (agent) =>
      (await engines.documents.get<AgentState>(`agents/${agent}`))?.data.inFlight ?? [],
    inFlight: async () => {
      const jobs = await engines.jobs.list({ drover: 'run' });
      const alive = jobs.filter((job) => job.execution !== undefined && !job.executionOver);
      return alive.map((job) => job.id.slice('drover-'.length));
    },
    exit: async (runId, how) => {
      run.exited(executions.get(`drover-${runId}`) ?? '', how);
      await world.settle();
    },
    leftovers: async () => {
      const [jobs, kept] = await Promise.all([
        engines.jobs.list({ drover: 'run' }),
        engines.secrets.list({ drover: 'run' }),
      ]);
      return [...jobs, ...kept].map(({ id }) => id);
    },
    publish: async (project) => {
      await publish(engines, project);
      releases = createReleases(ports);
      world.releases = releases;
    },
  };
  await world.publish(options.project);
  return world;
}
