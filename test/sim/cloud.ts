import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineContext, memoryStore } from '../../infra/local/engines/engine.ts';
import {
  createFirestoreEngine,
  type IndexFile,
} from '../../infra/local/engines/firestore/index.ts';
import type { LogEntry } from '../../infra/local/engines/log-entry.ts';
import { createLoggingEngine } from '../../infra/local/engines/logging/engine.ts';
import { createPubSubEngine } from '../../infra/local/engines/pubsub/engine.ts';
import {
  createRunEngine,
  logLabels,
  logName,
  resourceOf,
} from '../../infra/local/engines/run/index.ts';
import { createSecretsEngine } from '../../infra/local/engines/secrets/index.ts';
import { createTasksEngine } from '../../infra/local/engines/tasks/index.ts';
import { makeEventsTopic } from '../../infra/local/events-topic.ts';
import { entryOf } from '../../infra/local/executor/entries.ts';
import { asAgent } from '../../infra/local/iam/as-agent.ts';
import type { Iam } from '../../infra/local/iam/iam.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { inProcessEvents } from '../../infra/local/in-process/events.ts';
import { inProcessJobs } from '../../infra/local/in-process/jobs.ts';
import { inProcessLogs } from '../../infra/local/in-process/logs.ts';
import { inProcessSecrets } from '../../infra/local/in-process/secrets.ts';
import { inProcessTasks } from '../../infra/local/in-process/tasks.ts';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { installLogSink } from '../../infra/local/sink.ts';
import { logPush, queues } from '../../infra/resources.ts';
import type { LogEntry as LogLine, Ports } from '../../shared/ports/index.ts';
import { readSinkEntry } from '../../shared/runs/log-entry.ts';
import type { Start } from './executor.ts';
import { urlOf } from './functions.ts';
import { cloudSettings, place } from './place.ts';

interface CloudOptions extends Pick<EngineContext, 'now' | 'random'> {
  /** Whether what is logged goes through the log sink. Otherwise only ends of executions are told, to `ended`. */
  logSink: boolean;
  ended(runId: string): void;
  /** What is in Cloud Logging, without a sink. */
  said(): LogLine[];
  imageExists(image: string): boolean;
  /** Whether an agent may read a secret. Default: nobody asks. */
  iam?: Pick<Iam, 'allows'>;
  /** Something was asked of a service that may have something to do now. */
  asked(service: 'run' | 'tasks' | 'pubsub'): void;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let indexFile: IndexFile | undefined;

/** The services of Google Cloud in one process, and the ports straight on them. */
export function createCloud(options: CloudOptions) {
  const { now, random, logSink, asked } = options;
  const context: EngineContext = { now, random, store: memoryStore() };
  indexFile ??= JSON.parse(
    readFileSync(join(repositoryRoot(), 'infra/firestore/firestore.indexes.json'), 'utf8'),
  ) as IndexFile;
  const firestore = createFirestoreEngine(context, { project: place.project, indexes: indexFile });
  const secrets = createSecretsEngine(context, place);
  const tasks = createTasksEngine(context, { queues: queues(place) });
  const pubsub = createPubSubEngine(context);
  makeEventsTopic(pubsub, place.project);
  const logging = createLoggingEngine(context, {
    project: place.project,
    publish: (topic, message) => {
      pubsub.publish(topic, message);
      asked('pubsub');
    },
  });
  if (logSink) {
    const subscription = logPush(place.project, urlOf('logs'));
    // The local Pub/Sub pushes to this machine only; what is pushed goes to the function anyway.
    const endpoint = 'http://127.0.0.1/';
    installLogSink({ logging, pubsub, subscription: { ...subscription, endpoint } });
  }
  const emit = (entry: LogEntry): void => {
    if (logSink) {
      logging.ingest(entry);
      return;
    }
    const read = readSinkEntry({ ...entry, timestamp: new Date(entry.timestamp).toISOString() });
    if (read.kind === 'ended') options.ended(read.runId);
  };
  const cloudRun = createRunEngine(context, {
    ...place,
    imageExists: options.imageExists,
    readSecret: options.iam ? asAgent(options.iam, secrets.readSecret) : secrets.readSecret,
    emit,
  });
  const ports: Ports = {
    clock: { now, sleep: async () => {} },
    random: {
      bytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
      fraction: random,
    },
    documents: inProcessDocuments(firestore),
    tasks: inProcessTasks(tasks, cloudSettings, { changed: () => asked('tasks') }),
    secrets: inProcessSecrets(secrets),
    jobs: inProcessJobs(cloudRun, cloudSettings, { changed: () => asked('run') }),
    logs: logSink ? inProcessLogs(logging, cloudSettings) : { last: async () => options.said() },
    events: inProcessEvents(pubsub, place, { changed: () => asked('pubsub') }),
    notify: { post: async () => ({ outcome: 'taken' }) },
    log: silent,
  };
  let lines = 0;
  return {
    ports,
    firestore,
    secrets,
    tasks,
    pubsub,
    cloudRun,
    /** What Cloud Run makes of a line that a container prints. */
    print: ({ execution, attempt, labels }: Start, line: string): void => {
      lines += 1;
      const { labels: own, ...entry } = entryOf(line);
      emit({
        logName: logName(execution, 'run.googleapis.com/stdout'),
        resource: resourceOf(execution),
        timestamp: now(),
        insertId: `line-${String(lines).padStart(9, '0')}`,
        ...entry,
        labels: { ...own, ...logLabels(labels, execution, attempt) },
      });
    },
  };
}
