import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineContext, memoryStore } from '../infra/local/engines/engine.ts';
import { createFirestoreEngine, type IndexFile } from '../infra/local/engines/firestore/index.ts';
import { createRunEngine, type Exited, type RunEngine } from '../infra/local/engines/run/index.ts';
import { createSecretsEngine } from '../infra/local/engines/secrets/index.ts';
import { createTasksEngine } from '../infra/local/engines/tasks/index.ts';
import { inProcessDocuments } from '../infra/local/in-process/documents.ts';
import { inProcessJobs } from '../infra/local/in-process/jobs.ts';
import { inProcessSecrets } from '../infra/local/in-process/secrets.ts';
import { inProcessTasks } from '../infra/local/in-process/tasks.ts';
import { repositoryRoot } from '../infra/local/repository.ts';
import { queues } from '../infra/resources.ts';
import { accept } from '../shared/deliveries/accept.ts';
import type { LogEntry as LogLine, Ports } from '../shared/ports/index.ts';
import type { Project } from '../shared/projects/project.ts';
import { publish } from '../shared/projects/publish.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import { readSinkEntry } from '../shared/runs/log-entry.ts';
import type { Run } from '../shared/runs/run.ts';
import { wakePoll } from '../shared/runs/wake.ts';
import type { Outlook } from '../shared/schedules/admit-due.ts';
import { tick } from '../shared/schedules/tick.ts';
import type { WebhookContext } from '../shared/webhooks/provider.ts';
import { type CallFunction, type FunctionName, type Instance, taskCalls } from './sim/calls.ts';
import { type Container, createExecutor, type Pace } from './sim/executor.ts';
import { cloudSettings, place, settings } from './sim/place.ts';
import { fixedSequence } from './sim/random.ts';
import { createSchedule, type Schedule } from './sim/schedule.ts';

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
  /** The tick: schedules and the sweep. */
  tick(): Promise<void>;
  /** The tick, and what follows from it. */
  sweep(): Promise<void>;
  /** Does what one call of a function does, in one of its instances. */
  call: CallFunction;
  /** A delivery of GitHub; answers with the run ids by agent. */
  deliver(
    deliveryId: string,
    context?: Partial<WebhookContext>,
  ): Promise<{ [agent: string]: string }>;
  run(id: string): Promise<Run>;
  runs(): Promise<Run[]>;
  slots(agent: string): Promise<string[]>;
  /** Jobs whose container was started so far, in order. */
  started: string[];
  /** Jobs whose container runs. */
  running: ReadonlySet<string>;
  /** How the last container of a job ended, by job. */
  exits: ReadonlyMap<string, Exited>;
  /** Ends the container of a run. */
  exit(runId: string, how: Exited): Promise<void>;
  /** Names of the jobs and secrets of runs that exist. */
  leftovers(): Promise<string[]>;
  publish(project: Project): Promise<void>;
  tasks: ReturnType<typeof createTasksEngine>;
  cloudRun: RunEngine;
  container: Container;
  /** What every container has said, in Cloud Logging. */
  said: LogLine[];
  /** Whether ends of executions are told through the log sink. Default: true. */
  sink: boolean;
  /** Whether Cloud Run starts a container within the call that creates its job, or only afterwards. Default: true. */
  prompt: boolean;
}

export interface WorldOptions {
  project: Project;
  container?: Container;
  /** Wraps the ports that the domain gets, to count calls or to make them fail. */
  wrap?(ports: Ports): Ports;
  /** The instance that one call of a function goes to. Default: one that lasts. */
  instance?(ports: Ports, name: FunctionName): Instance;
  /** Hears of every call of a function that threw. */
  failed?(name: FunctionName, error: unknown): void;
  /** Where time comes from. With it, nobody waits for a call that waits for time; without, sleeping takes none. */
  schedule?: Schedule;
  /** Default: Cloud Run takes no time. */
  pace?: Pace;
  /** Where chance comes from: a number in [0, 1). Default: a fixed sequence. */
  random?(): number;
  imageExists?(image: string): boolean;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export async function createWorld(options: WorldOptions): Promise<World> {
  const schedule = options.schedule ?? createSchedule(Date.parse('2026-03-01T12:00:00Z'));
  const { now } = schedule;
  const context: EngineContext = {
    now,
    random: options.random ?? fixedSequence(),
    store: memoryStore(),
  };
  const ended: string[] = [];
  const indexes = JSON.parse(
    readFileSync(join(repositoryRoot(), 'infra/firestore/firestore.indexes.json'), 'utf8'),
  ) as IndexFile;
  const firestore = createFirestoreEngine(context, { project: place.project, indexes });
  const secrets = createSecretsEngine(context, place);
  const tasks = createTasksEngine(context, { queues: queues(place) });
  const cloudRun = createRunEngine(context, {
    ...place,
    imageExists: options.imageExists ?? (() => true),
    readSecret: secrets.readSecret,
    emit: (entry) => {
      const read = readSinkEntry({ ...entry, timestamp: new Date(entry.timestamp).toISOString() });
      if (read.kind === 'ended' && world.sink) ended.push(read.runId);
    },
  });
  const executor = createExecutor(cloudRun, schedule, options.pace, (job, start) => {
    world.started.push(job);
    return world.container(start);
  });
  const changed = (): void => {
    executor.changed();
    if (world.prompt) executor.act();
  };
  const engines: Ports = {
    clock: { now, sleep: async () => {} },
    random: {
      bytes: (length) => Uint8Array.from({ length }, () => Math.floor(context.random() * 256)),
      fraction: context.random,
    },
    documents: inProcessDocuments(firestore),
    tasks: inProcessTasks(tasks, cloudSettings, { changed: () => {} }),
    secrets: inProcessSecrets(secrets),
    jobs: inProcessJobs(cloudRun, cloudSettings, { changed }),
    logs: { last: async () => world.said },
    log: silent,
  };
  const ports = options.wrap?.(engines) ?? engines;
  let releases = createReleases(ports);
  /** What each instance of the tick remembers, by what it has read of releases. */
  const outlooks = new WeakMap<Releases, Outlook>();

  /** An instance that dies takes with it what it was doing, and what it has read of releases. */
  const call: CallFunction = (name, work) => {
    const mortal = options.instance?.(ports, name);
    if (!mortal) return work(ports, releases);
    const done = Promise.race([work(mortal.ports, mortal.releases), mortal.death]);
    done.catch((error) => options.failed?.(name, error));
    return done;
  };
  const attempt = taskCalls({ call, schedule, tasks, settings, targets: cloudSettings.targets });
  const tell = (runId: string): Promise<unknown> =>
    call('logs', (own) => wakePoll(own, runId)).catch(() => {});
  const atRest = (calls: Promise<unknown>[]): Promise<unknown> =>
    options.schedule ? schedule.quiet() : Promise.all(calls);

  const world: World = {
    ports,
    releases,
    call,
    started: [],
    running: executor.running,
    exits: executor.exits,
    tasks,
    cloudRun,
    container: options.container ?? (() => 'runs'),
    said: [],
    sink: true,
    prompt: true,
    settle: async () => {
      for (let calls: Promise<unknown>[] = []; ; ) {
        await atRest(calls);
        const acted = executor.act();
        calls = [...ended.splice(0).map(tell), ...tasks.take().map(attempt)];
        if (!acted && calls.length === 0) return;
      }
    },
    advance: async (ms) => {
      const until = now() + ms;
      await world.settle();
      for (;;) {
        const dues = [executor, tasks, schedule].map((timed) => timed.nextDue() ?? until);
        const due = Math.min(...dues);
        if (due >= until) break;
        schedule.moveTo(due);
        await world.settle();
      }
      schedule.moveTo(until);
      await world.settle();
    },
    tick: async () => {
      await call('tick', (own, ownReleases) => {
        const outlook = outlooks.get(ownReleases) ?? {};
        outlooks.set(ownReleases, outlook);
        return tick(own, settings, ownReleases, outlook);
      });
    },
    sweep: async () => {
      await world.tick();
      await world.settle();
    },
    deliver: (deliveryId, event = {}) =>
      call('webhook', async (own, ownReleases) => {
        const current = await ownReleases.current();
        if (!current) throw new Error('no release');
        const { runs } = await accept(own, settings, current, {
          sources: ['github'],
          deliveryId,
          payload: { deliveryId },
          contentType: 'application/json',
          body: Buffer.from(JSON.stringify({ deliveryId })),
          isSigned: true,
          context: {
            source: 'github',
            event: 'issues',
            action: 'labeled',
            repo: 'acme/pasture',
            sender: 'octavia',
            timestamp: new Date(now()).toISOString(),
            ...event,
          },
        });
        return runs;
      }),
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
      (await engines.documents.get<{ inFlight: string[] }>(`agents/${agent}`))?.data.inFlight ?? [],
    exit: async (runId, how) => {
      executor.exit(runId, how);
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
