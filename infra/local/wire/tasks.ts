import { codes, EngineError } from '../engines/engine.ts';
import type {
  NewTask,
  Outcome,
  QueueConfig,
  TaskInfo,
  TasksEngine,
} from '../engines/tasks/index.ts';
import { methods } from '../engines/tasks/types.ts';
import { definition } from './protos.ts';
import type { Message, WireService } from './server.ts';
import { queueConfig, queueFields, queueMessage, type WireQueue } from './tasks-queue.ts';
import { millis, type WireTime, wireTime } from './times.ts';

interface WireTask {
  name: string;
  scheduleTime: WireTime | null;
  dispatchDeadline: WireTime | null;
  messageType?: 'httpRequest' | 'appEngineHttpRequest';
  httpRequest?: {
    url: string;
    httpMethod: string;
    headers: { [name: string]: string };
    body: Buffer;
    authorizationHeader?: 'oidcToken' | 'oauthToken';
    oidcToken?: { serviceAccountEmail: string; audience: string };
  };
}

interface Named {
  name: string;
}

interface Listed {
  parent: string;
  pageSize: number;
  pageToken: string;
}

interface Viewed {
  responseView: string;
}

/**
 * CloudTasks v2 on the wire. `changed` is called after everything that may have given the engine something to deliver.
 * App Engine tasks and OAuth tokens are UNIMPLEMENTED, as are DeleteQueue, RunTask and the IAM methods.
 */
export function tasksService(engine: TasksEngine, { changed }: { changed(): void }): WireService {
  const afterwards = (answer: Message): Message => {
    changed();
    return answer;
  };
  return {
    definition: definition('google.cloud.tasks.v2.CloudTasks'),
    unary: {
      CreateTask: (request) => {
        const { parent, task, responseView } = request as unknown as Viewed & {
          parent: string;
          task: WireTask | null;
        };
        return afterwards(taskMessage(engine.createTask(parent, asked(task)), responseView));
      },
      GetTask: (request) => {
        const { name, responseView } = request as unknown as Named & Viewed;
        return taskMessage(engine.getTask(name), responseView);
      },
      ListTasks: (request) => {
        const { parent, pageSize, pageToken, responseView } = request as unknown as Listed & Viewed;
        const { items, next } = engine.listTasks(parent, { size: pageSize, token: pageToken });
        return {
          tasks: items.map((task) => taskMessage(task, responseView)),
          nextPageToken: next ?? '',
        };
      },
      DeleteTask: (request) => {
        engine.deleteTask((request as unknown as Named).name);
        return {};
      },
      CreateQueue: (request) => {
        const { parent, queue } = request as unknown as { parent: string; queue: WireQueue | null };
        return queueMessage(engine.createQueue(parent, wanted(queue)));
      },
      GetQueue: (request) => queueMessage(engine.getQueue((request as unknown as Named).name)),
      UpdateQueue: (request) => {
        const { queue, updateMask } = request as unknown as {
          queue: WireQueue | null;
          updateMask: { paths: string[] } | null;
        };
        const config = wanted(queue);
        const paths = updateMask?.paths ?? [];
        const fields = paths.length === 0 ? undefined : queueFields(paths);
        return afterwards(queueMessage(engine.updateQueue(config, fields)));
      },
      ListQueues: (request) => {
        const { parent, pageSize, pageToken, filter } = request as unknown as Listed & {
          filter: string;
        };
        if (filter !== '') refuse('UNIMPLEMENTED', 'ListQueues takes no filter here.');
        const { items, next } = engine.listQueues(parent, { size: pageSize, token: pageToken });
        return { queues: items.map(queueMessage), nextPageToken: next ?? '' };
      },
      PauseQueue: (request) => queueMessage(engine.pauseQueue((request as unknown as Named).name)),
      ResumeQueue: (request) =>
        afterwards(queueMessage(engine.resumeQueue((request as unknown as Named).name))),
      PurgeQueue: (request) => queueMessage(engine.purgeQueue((request as unknown as Named).name)),
    },
  };
}

function wanted(queue: WireQueue | null): QueueConfig {
  return queue ? queueConfig(queue) : refuse('INVALID_ARGUMENT', 'Queue is required.');
}

function asked(task: WireTask | null): NewTask {
  if (!task) return refuse('INVALID_ARGUMENT', 'Task is required.');
  const { name, httpRequest: http, scheduleTime, dispatchDeadline } = task;
  if (task.messageType === 'appEngineHttpRequest')
    return refuse('UNIMPLEMENTED', 'App Engine tasks are not there in the local cloud.');
  if (!http) return refuse('INVALID_ARGUMENT', 'Task.message_type is required.');
  if (http.authorizationHeader === 'oauthToken')
    return refuse('UNIMPLEMENTED', 'OAuth tokens are not there in the local cloud.');
  const { oidcToken: oidc } = http;
  const method = methods.find((known) => known === http.httpMethod);
  return {
    ...(name !== '' && { name }),
    url: http.url,
    ...(method && { method }),
    headers: http.headers,
    body: http.body,
    ...(oidc && {
      oidc: {
        email: oidc.serviceAccountEmail,
        ...(oidc.audience !== '' && { audience: oidc.audience }),
      },
    }),
    ...(scheduleTime && { scheduleAt: millis(scheduleTime) }),
    ...(dispatchDeadline && { dispatchDeadlineMs: millis(dispatchDeadline) }),
  };
}

/** The body is shown in the full view only (Task.View in task.proto). */
function taskMessage(task: TaskInfo, responseView: string): Message {
  const full = responseView === 'FULL';
  const { oidc, firstAttemptAt, lastAttempt: last } = task;
  return {
    name: task.name,
    httpRequest: {
      url: task.url,
      httpMethod: task.method,
      headers: { ...task.headers, 'User-Agent': 'Google-Cloud-Tasks' },
      ...(full && { body: task.body }),
      ...(oidc && { oidcToken: { serviceAccountEmail: oidc.email, audience: oidc.audience } }),
    },
    scheduleTime: wireTime(task.scheduleAt),
    createTime: wireTime(Math.floor(task.createdAt / 1000) * 1000),
    dispatchDeadline: wireTime(task.dispatchDeadlineMs),
    dispatchCount: task.dispatches,
    responseCount: task.responses,
    ...(firstAttemptAt !== undefined && {
      firstAttempt: { dispatchTime: wireTime(firstAttemptAt) },
    }),
    ...(last && {
      lastAttempt: {
        scheduleTime: wireTime(last.scheduledAt),
        dispatchTime: wireTime(last.dispatchedAt),
        ...(last.settledAt !== undefined && { responseTime: wireTime(last.settledAt) }),
        ...(last.outcome && { responseStatus: statusMessage(last.outcome) }),
      },
    }),
    view: full ? 'FULL' : 'BASIC',
  };
}

/** How an HTTP status is told as a google.rpc.Status (the mapping in google/rpc/code.proto). */
const codeByHttp: { readonly [status: number]: number } = {
  400: codes.INVALID_ARGUMENT,
  401: codes.UNAUTHENTICATED,
  403: codes.PERMISSION_DENIED,
  404: codes.NOT_FOUND,
  409: codes.ABORTED,
  429: codes.RESOURCE_EXHAUSTED,
  499: codes.CANCELLED,
  500: codes.INTERNAL,
  501: codes.UNIMPLEMENTED,
  503: codes.UNAVAILABLE,
  504: codes.DEADLINE_EXCEEDED,
};

function statusMessage(outcome: Outcome): Message {
  if ('failed' in outcome) return { code: codes.UNAVAILABLE, message: outcome.failed };
  return {
    code: codeByHttp[outcome.status] ?? codes.UNKNOWN,
    message: `HTTP status code ${outcome.status}`,
  };
}

function refuse(code: 'INVALID_ARGUMENT' | 'UNIMPLEMENTED', message: string): never {
  throw new EngineError(code, message);
}
