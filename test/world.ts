import { agentIdentitiesOf } from '../infra/deployment/agents.ts';
import type { Exited, RunEngine } from '../infra/local/engines/run/index.ts';
import type { SecretsEngine } from '../infra/local/engines/secrets/index.ts';
import type { TasksEngine } from '../infra/local/engines/tasks/index.ts';
import { createIam, type Iam } from '../infra/local/iam/iam.ts';
import { accept } from '../shared/deliveries/accept.ts';
import type { LogEntry as LogLine, Ports } from '../shared/ports/index.ts';
import type { Project } from '../shared/projects/project.ts';
import { publish } from '../shared/projects/publish.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import type { Run } from '../shared/runs/run.ts';
import { wakePoll } from '../shared/runs/wake.ts';
import type { WebhookContext } from '../shared/webhooks/provider.ts';
import { guarded } from './iam/guarded.ts';
import {
  type CallFunction,
  cloudCalls,
  type FunctionName,
  type Instance,
  type SendRequest,
} from './sim/calls.ts';
import { createCloud } from './sim/cloud.ts';
import { keepOwnCredentials, operator, signed } from './sim/credentials.ts';
import { type Container, createExecutor, type Pace } from './sim/executor.ts';
import { createApps, loadFunctions, urlOf } from './sim/functions.ts';
import { requestTo } from './sim/http.ts';
import { place, settings } from './sim/place.ts';
import { fixedSequence } from './sim/random.ts';
import { lightenResponses } from './sim/response.ts';
import { createSchedule, type Schedule } from './sim/schedule.ts';
import { asServiceAccount } from './sim/token.ts';

/**
 * Functions, domain and engines in one thread under a clock that stands still until it is moved: everything there is, without
 * a wire or waiting.
 */
export interface World {
  ports: Ports;
  releases: Releases;
  /** Moves the clock, delivering what comes due on the way. */
  advance(ms: number): Promise<void>;
  /** Delivers every wake-up, action and event that is due now. */
  settle(): Promise<void>;
  /** Cloud Scheduler's call of the tick: schedules and the sweep. Rejects when it is not answered 200. */
  tick(): Promise<void>;
  /** The tick, and what follows from it. */
  sweep(): Promise<void>;
  /** Sends an HTTP request to a function, in one of its instances. Rejects when that dies before it answers. */
  request: SendRequest;
  /** Does in an instance of a function what a call of it would, beside its handler. */
  call: CallFunction;
  /** Headers that let somebody in. */
  credentials: {
    /** At the control API. */
    operator: { authorization: string };
  };
  /** GitHub's signature of a body, as a header, with the secret of the project's source. */
  signed(body: string | Uint8Array): { 'x-hub-signature-256': string };
  /** A delivery of GitHub to a source, default `github`; answers with the run ids by agent. */
  deliver(
    deliveryId: string,
    context?: Partial<WebhookContext>,
    source?: string,
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
  /** A line that a container of a run prints, at any time after it has started; nothing of a run that had none. */
  print(runId: string, line: string): void;
  /** Names of the jobs and secrets of runs that exist. */
  leftovers(): Promise<string[]>;
  publish(project: Project): Promise<void>;
  /** Gives the agents of a project their identities, as provisioning does before it is published. */
  provision(project: Project): void;
  /** Lets Firestore remove what has expired: nothing else does. */
  expire(): void;
  secrets: SecretsEngine;
  tasks: TasksEngine;
  cloudRun: RunEngine;
  pubsub: ReturnType<typeof createCloud>['pubsub'];
  container: Container;
  /** What every container has said, in Cloud Logging, in a world without a log sink. */
  said: LogLine[];
  /** Whether ends of executions are told, in a world without a log sink. Default: true. */
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
  /** Hears of every call of a function that threw, and of what was answered 500. */
  failed?(name: FunctionName, error: unknown): void;
  /** Where time comes from. With it, nobody waits for a call that waits for time; without, sleeping takes none. */
  schedule?: Schedule;
  /**
   * Whether what containers and Cloud Run say goes through the log sink and Pub/Sub to the function `logs`. Default: false, and
   * ends of executions wake `poll` at once.
   */
  logSink?: boolean;
  /** Whether Cloud Tasks and Pub/Sub deliver anything now. Default: always. */
  delivers?(): boolean;
  /** Whether Cloud Tasks makes this call of a function twice at once. Default: never. */
  isTwice?(name: FunctionName): boolean;
  /** Hears of each entry of the log sink that is pushed; what it answers with hears whether that was acknowledged. */
  pushed?(entry: unknown): (isTaken: boolean) => void;
  /** Default: Cloud Run takes no time. */
  pace?: Pace;
  /** Where chance comes from: a number in [0, 1). Default: a fixed sequence. */
  random?(): number;
  imageExists?(image: string): boolean;
  /**
   * Who may do what: functions and agents are held to it. Default: what the deployment's list grants. Null: everybody may do
   * everything, where what is counted or lived thousands of times is something else.
   */
  iam?: Iam | null;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const { logSink = false, delivers = () => true, isTwice = () => false } = options;
  const { pushed = () => () => {}, iam = createIam(place) } = options;
  const schedule = options.schedule ?? createSchedule(Date.parse('2026-03-01T12:00:00Z'));
  const { now } = schedule;
  const ended: string[] = [];
  let random = fixedSequence();
  const cloud = createCloud({
    now,
    random: () => random(),
    logSink,
    imageExists: options.imageExists ?? (() => true),
    ...(iam && { iam }),
    ended: (runId) => void (world.sink && ended.push(runId)),
    said: () => world.said,
    asked: (service) => {
      if (service === 'run') executor.changed();
      if (service === 'run' && world.prompt) executor.act();
      if (service !== 'run' && options.schedule) void schedule.turn().then(deliver);
    },
  });
  const { tasks, pubsub, cloudRun } = cloud;
  const executor = createExecutor(cloudRun, schedule, options.pace, (job, start) => {
    world.started.push(job);
    return world.container(start);
  });
  const engines = cloud.ports;
  const ports = options.wrap?.(engines) ?? engines;
  /** What a function has of the ports; whoever publishes may do everything. */
  const portsOf = (name: FunctionName): Ports =>
    iam && name !== 'publish' ? guarded(ports, iam, name) : ports;
  const lasting = (own: Ports): Instance => ({
    ports: own,
    releases: createReleases(own),
    enter: (work) => work(),
  });
  let only = lasting(ports);
  const held = new Map<FunctionName, Instance>();
  /** Where nobody is held to anything, one instance does for all. */
  const lastingOf = (name: FunctionName): Instance => {
    if (!iam) return only;
    const known = held.get(name) ?? lasting(portsOf(name));
    held.set(name, known);
    return known;
  };
  const failed: NonNullable<WorldOptions['failed']> = (name, error) =>
    options.failed?.(name, error);
  const appOf = createApps(failed);

  /** What an instance does; whoever has it done hears of its failure as well. */
  const within = <T>(name: FunctionName, work: (instance: Instance) => Promise<T>): Promise<T> => {
    const instance = options.instance?.(portsOf(name), name) ?? lastingOf(name);
    const done = instance.enter(() => work(instance));
    done.catch((error) => failed(name, error));
    return done;
  };
  const call: CallFunction = (name, work) =>
    within(name, (instance) => work(instance.ports, instance.releases));
  const send: SendRequest = (name, path, parts = {}) =>
    within(name, async (instance) => {
      const app = appOf(instance, name);
      const response = await app.fetch(requestTo(`${urlOf(name)}${path}`, parts));
      const { status, headers } = response;
      return { status, headers, text: await response.text() };
    });
  const request: SendRequest = async (name, path, parts) => {
    // In a world whose clock is its own everything was loaded before it began.
    if (!options.schedule) await loadFunctions([name]);
    return send(name, path, parts);
  };
  const calls = cloudCalls({ request, schedule, tasks, pubsub, isTwice, pushed });
  const tell = (runId: string): Promise<unknown> =>
    call('logs', (own) => wakePoll(own, runId)).catch(() => {});
  const deliver = (): Promise<unknown>[] => {
    const told = ended.splice(0).map(tell);
    if (!delivers()) return told;
    return [...told, ...pubsub.take().map(calls.push), ...tasks.take().map(calls.attempt)];
  };
  const atRest = (made: Promise<unknown>[]): Promise<unknown> =>
    options.schedule ? schedule.quiet() : Promise.all(made);

  const world: World = {
    ports,
    releases: only.releases,
    call,
    request,
    credentials: { operator },
    signed,
    started: [],
    running: executor.running,
    exits: executor.exits,
    expire: () => void cloud.firestore.expire(),
    secrets: cloud.secrets,
    tasks,
    cloudRun,
    pubsub,
    container: options.container ?? (() => 'runs'),
    said: [],
    sink: true,
    prompt: true,
    settle: async () => {
      for (let made: Promise<unknown>[] = []; ; ) {
        await atRest(made);
        const acted = executor.act();
        made = deliver();
        if (!acted && made.length === 0) return;
      }
    },
    advance: async (ms) => {
      const until = now() + ms;
      await world.settle();
      for (;;) {
        const timed = delivers() ? [executor, schedule, tasks, pubsub] : [executor, schedule];
        const dues = timed.map((one) => one.nextDue() ?? until);
        const due = Math.min(...dues);
        if (due >= until) break;
        schedule.moveTo(due);
        await world.settle();
      }
      schedule.moveTo(until);
      await world.settle();
    },
    tick: async () => {
      const { status, text } = await request('tick', '/', {
        method: 'POST',
        headers: asServiceAccount('scheduler', urlOf('tick')),
      });
      if (status !== 200) throw new Error(`the tick was answered ${status}: ${text}`);
    },
    sweep: async () => {
      await world.tick();
      await world.settle();
    },
    deliver: (deliveryId, event = {}, source = 'github') =>
      call('webhook', async (own, ownReleases) => {
        const current = await ownReleases.current();
        if (!current) throw new Error('no release');
        const { runs } = await accept(own, settings, current, {
          sources: [source],
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
    print: (runId, line) => {
      const start = executor.startOf(runId);
      if (start) cloud.print(start, line);
    },
    leftovers: async () => {
      const [jobs, kept] = await Promise.all([
        engines.jobs.list({ drover: 'run' }),
        engines.secrets.list({ drover: 'run' }),
      ]);
      return [...jobs, ...kept].map(({ id }) => id);
    },
    provision: (project) => iam?.provision(agentIdentitiesOf(project)),
    publish: async (project) => {
      world.provision(project);
      await publish(engines, project);
      only = lasting(ports);
      held.clear();
      world.releases = only.releases;
    },
  };
  if (options.schedule) {
    await loadFunctions();
    lightenResponses();
  }
  await keepOwnCredentials(engines);
  random = options.random ?? fixedSequence();
  await world.publish(options.project);
  return world;
}
