import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Operation, Overrides, RunEngine } from '../../engines/run/index.ts';
import { definition } from '../protos.ts';
import type { Message, WireService } from '../server.ts';
import { list, message, number, seconds, text, texts } from './fields.ts';
import { readJob, readVariable } from './read-job.ts';
import { writeExecution, writeTask } from './write-execution.ts';
import { writeJob } from './write-job.ts';

/** Serves the run engine as google.cloud.run.v2.{Jobs,Executions,Tasks} and google.longrunning.Operations. */
export function runServices(engine: RunEngine, { changed }: { changed(): void }): WireService[] {
  const jobs = definition('google.cloud.run.v2.Jobs');
  const executions = definition('google.cloud.run.v2.Executions');
  const operation = operationWriter(jobs, executions);
  const act = (verb: (request: Message) => Operation) => (request: Message) => {
    try {
      return operation(verb(request));
    } finally {
      changed();
    }
  };

  return [
    {
      definition: jobs,
      unary: {
        CreateJob: act(({ parent, job, jobId, validateOnly }) =>
          engine.createJob({
            parent: text(parent),
            jobId: text(jobId),
            spec: readJob(message(job)),
            validateOnly: validateOnly === true,
          }),
        ),
        UpdateJob: act(({ job, validateOnly, allowMissing }) =>
          engine.updateJob({
            name: text(message(job).name),
            spec: readJob(message(job)),
            etag: text(message(job).etag),
            validateOnly: validateOnly === true,
            allowMissing: allowMissing === true,
          }),
        ),
        GetJob: ({ name }) => writeJob(engine.getJob({ name: text(name) })),
        ListJobs: (request) => {
          const page = engine.listJobs(listing(request));
          return { jobs: page.jobs.map(writeJob), nextPageToken: page.nextPageToken };
        },
        DeleteJob: act((request) => engine.deleteJob(named(request))),
        RunJob: act((request) => {
          const overrides = readOverrides(request.overrides);
          return engine.runJob({ ...named(request), ...(overrides ? { overrides } : {}) });
        }),
      },
    },
    {
      definition: executions,
      unary: {
        GetExecution: ({ name }) => writeExecution(engine.getExecution({ name: text(name) })),
        ListExecutions: (request) => {
          const page = engine.listExecutions(listing(request));
          return {
            executions: page.executions.map(writeExecution),
            nextPageToken: page.nextPageToken,
          };
        },
        CancelExecution: act((request) => engine.cancelExecution(named(request))),
        DeleteExecution: act((request) => engine.deleteExecution(named(request))),
      },
    },
    {
      definition: definition('google.cloud.run.v2.Tasks'),
      unary: {
        GetTask: ({ name }) => writeTask(engine.getTask({ name: text(name) })),
        ListTasks: (request) => {
          const page = engine.listTasks(listing(request));
          return { tasks: page.tasks.map(writeTask), nextPageToken: page.nextPageToken };
        },
      },
    },
    {
      definition: definition('google.longrunning.Operations'),
      unary: {
        GetOperation: ({ name }) => operation(engine.getOperation({ name: text(name) })),
        WaitOperation: ({ name }) => operation(engine.waitOperation({ name: text(name) })),
        ListOperations: (request) => {
          const page = engine.listOperations({ ...listing(request), name: text(request.name) });
          return {
            operations: page.operations.map(operation),
            nextPageToken: page.nextPageToken,
          };
        },
      },
    },
  ];
}

/** google.longrunning.Operation. What it is about travels as google.protobuf.Any. */
function operationWriter(
  jobs: ServiceDefinition,
  executions: ServiceDefinition,
): (operation: Operation) => Message {
  const any = (resource: Operation['resource']): Message =>
    'job' in resource
      ? packed('Job', jobs, 'GetJob', writeJob(resource.job))
      : packed('Execution', executions, 'GetExecution', writeExecution(resource.execution));
  return ({ name, resource, done, error }) => {
    const written: Message = { name, done, metadata: any(resource) };
    if (error) written.error = error;
    else if (done) written.response = any(resource);
    return written;
  };
}

/** `value` as the answer of `method` would carry it: what a type's bytes are, the method knows. */
function packed(type: string, service: ServiceDefinition, method: string, value: Message): Message {
  return {
    type_url: `type.googleapis.com/google.cloud.run.v2.${type}`,
    value: service[method]?.responseSerialize(value) ?? Buffer.alloc(0),
  };
}

function named({ name, validateOnly, etag }: Message) {
  return { name: text(name), validateOnly: validateOnly === true, etag: text(etag) };
}

function listing({ parent, pageSize, pageToken }: Message) {
  return { parent: text(parent), pageSize: number(pageSize), pageToken: text(pageToken) };
}

function readOverrides(value: unknown): Overrides | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const overrides = message(value);
  const timeout = seconds(overrides.timeout);
  return {
    containers: list(overrides.containerOverrides).map((container) => ({
      name: text(container.name),
      args: texts(container.args),
      clearArgs: container.clearArgs === true,
      env: list(container.env).map(readVariable),
    })),
    taskCount: number(overrides.taskCount),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  };
}
