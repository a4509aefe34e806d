import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Documents, Secrets } from '../../shared/ports/index.ts';
import { logPush, type Place, queues, serviceAccount } from '../resources.ts';
import { type Console, serveConsole } from './console.ts';
import type { EngineContext } from './engines/engine.ts';
import { createFirestoreEngine, type IndexFile } from './engines/firestore/index.ts';
import { createLoggingEngine } from './engines/logging/engine.ts';
import { createPubSubEngine } from './engines/pubsub/engine.ts';
import { createRunEngine } from './engines/run/index.ts';
import { createSecretsEngine } from './engines/secrets/index.ts';
import { createTasksEngine } from './engines/tasks/index.ts';
import { makeEventsTopic, pushEvents } from './events-topic.ts';
import { createExecutor, type LocalProgram, runExecutions } from './executor/index.ts';
import { createFileStore } from './file-store.ts';
import { asAgent } from './iam/as-agent.ts';
import { callers, mayPublish } from './iam/callers.ts';
import { createIam, type Denial, denialLine, type Iam } from './iam/iam.ts';
import { inProcessDocuments } from './in-process/documents.ts';
import { inProcessSecrets } from './in-process/secrets.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { deliverPushes } from './push-delivery.ts';
import { repositoryRoot } from './repository.ts';
import { callEachMinute } from './scheduler.ts';
import { installLogSink } from './sink.ts';
import { deliverTasks } from './task-delivery.ts';
import { type Calls, callCounter } from './wire/calls.ts';
import { type Faults, faultTable } from './wire/faults.ts';
import { firestoreService } from './wire/firestore/index.ts';
import { loggingService } from './wire/logging.ts';
import { pubsubServices } from './wire/pubsub.ts';
import { runServices } from './wire/run/index.ts';
import { secretsService } from './wire/secrets.ts';
import { serve } from './wire/server.ts';
import { tasksService } from './wire/tasks.ts';

export interface CloudOptions extends Place {
  /** Where its state and its jobs' private directories lie. */
  directory: string;
  /** Port of the gRPC server; 0 takes a free one. */
  port: number;
  /** Port of the console and of the keys that sign tokens; 0 takes a free one. */
  consolePort: number;
  /** What to run for an image; undefined: there is no such image. */
  command(image: string, labels: { readonly [key: string]: string }): LocalProgram | undefined;
  /** Hears of what a caller was refused for want of a permission. Default: it is written to stderr. */
  denied?(denial: Denial): void;
  /** A URL of this machine that every event is pushed to. Default: nobody subscribes to them here. */
  eventsTo?: string | undefined;
  /** Time between two ticks of Cloud Scheduler, in ms. Default: a minute. */
  tickMs?: number;
}

/** Google Cloud, as far as Drover uses it, in this process and on loopback ports (D13). */
export interface LocalCloud {
  /** `host:port` of the gRPC server. */
  endpoint: string;
  console: Console;
  /** Firestore and Secret Manager, read and written beside the wire. */
  documents: Documents;
  secrets: Secrets;
  /** Signs the identity tokens of its calls. */
  issuer: Issuer;
  calls: Calls;
  /** Who may do what, as the deployment's list grants it. */
  iam: Iam;
  faults: Faults;
  /** Starts to call the functions, and to run their jobs: tasks, pushes, ticks, executions. */
  connect(urls: { logs: string; tick: string }): void;
  stop(): Promise<void>;
}

const minuteMs = 60_000;
/** How often TTL policies are carried out: Google takes up to a day. */
const expiryMs = 60 * minuteMs;

export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const { project, region, command, directory } = options;
  const store = createFileStore(join(directory, 'cloud.jsonl'));
  const context: EngineContext = { now: Date.now, random: Math.random, store };
  const { now } = context;

  const indexes = readIndexes();
  const iam = createIam({ project, region, denied: options.denied ?? tellDenial });
  const firestore = createFirestoreEngine(context, { project, indexes });
  const tasks = createTasksEngine(context, { queues: queues(options) });
  const secrets = createSecretsEngine(context, { project });
  const pubsub = createPubSubEngine(context);
  makeEventsTopic(pubsub, project);
  pushEvents(pubsub, project, options.eventsTo);
  // What goes on by itself begins when the functions are there to be called: a container that an earlier process had not
  // started yet must find its gateway.
  let executions: ReturnType<typeof runExecutions> | undefined;
  let deliveries: ReturnType<typeof deliverTasks> | undefined;
  let pushes: ReturnType<typeof deliverPushes> | undefined;
  let ticks: { stop(): void } | undefined;

  const logging = createLoggingEngine(context, {
    project,
    publish: (topic, message) => {
      if (!mayPublish(iam, topic)) return;
      pubsub.publish(topic, message);
      pushes?.poke();
    },
  });
  const run = createRunEngine(context, {
    project,
    region,
    imageExists: (image, labels) => command(image, labels) !== undefined,
    readSecret: asAgent(iam, secrets.readSecret),
    emit: logging.ingest,
  });
  const executor = createExecutor({
    directory: join(directory, 'executions'),
    command,
    emit: logging.ingest,
    now,
    store,
  });
  const issuer = await createIssuer({ store, now });

  const calls = callCounter();
  const faults = faultTable();
  const server = await serve(
    [
      firestoreService(firestore),
      tasksService(tasks, { changed: () => deliveries?.poke() }),
      secretsService(secrets),
      ...runServices(run, { changed: () => executions?.poke() }),
      loggingService(logging),
      ...pubsubServices(pubsub, { changed: () => pushes?.poke() }),
    ],
    options.port,
    { calls, faults, authorize: iam.authorize },
  );
  firestore.expire();
  const expiry = setInterval(firestore.expire, expiryMs);
  const documents = inProcessDocuments(firestore);
  const console = await serveConsole({ firestore, documents, issuer, port: options.consolePort });

  return {
    endpoint: `127.0.0.1:${server.port}`,
    console,
    documents,
    secrets: inProcessSecrets(secrets),
    issuer,
    calls,
    iam,
    faults,
    connect: (urls) => {
      installLogSink({ logging, pubsub, subscription: logPush(project, urls.logs) });
      const mayCall = callers(iam);
      deliveries = deliverTasks({ engine: tasks, issuer, now, mayCall });
      pushes = deliverPushes({ engine: pubsub, mint: issuer.mint, now, mayCall });
      executions = runExecutions(run, executor, now);
      const email = serviceAccount('scheduler', project);
      ticks = callEachMinute(
        urls.tick,
        () => issuer.mint({ email, audience: urls.tick }),
        options.tickMs ?? minuteMs,
        now,
        () => mayCall(email, urls.tick),
      );
    },
    stop: async () => {
      clearInterval(expiry);
      ticks?.stop();
      deliveries?.stop();
      pushes?.stop();
      executions?.stop();
      await executor.close();
      await Promise.all([server.close(), console.close()]);
      store.close();
    },
  };
}

function tellDenial(denial: Denial): void {
  process.stderr.write(`${denialLine(denial)}\n`);
}

/** The indexes that are deployed: the local Firestore enforces them. */
function readIndexes(): IndexFile {
  const file = join(repositoryRoot(), 'infra/firestore/firestore.indexes.json');
  return JSON.parse(readFileSync(file, 'utf8')) as IndexFile;
}
