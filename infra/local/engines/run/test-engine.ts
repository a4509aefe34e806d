import { EngineError, memoryStore, type Store } from '../engine.ts';
import type { LogEntry } from '../log-entry.ts';
import { type Container, createRunEngine, type JobSpec, type RunAction } from './index.ts';

export const parent = 'projects/demo/locations/europe-west1';
export const jobName = `${parent}/jobs/triage`;
export const executionName = `${jobName}/executions/triage-a1`;

/** A run engine under a clock that only the test moves. */
export function testEngine(store: Store = memoryStore(), from = 0) {
  const world = {
    now: Date.parse('2026-01-01T00:00:00Z') + from,
    images: new Set(['agent:1']),
    secrets: new Map([
      ['token/1', 'hush'],
      ['files/1', 'one'],
      ['files/2', 'two'],
      ['files/latest', 'two'],
    ]),
    entries: [] as LogEntry[],
  };
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const engine = createRunEngine(
    { now: () => world.now, random, store },
    {
      project: 'demo',
      region: 'europe-west1',
      imageExists: (image) => world.images.has(image),
      readSecret: (secret, version) => {
        const value = world.secrets.get(`${secret}/${version}`);
        if (value === undefined) throw new EngineError('NOT_FOUND', 'no such version');
        return Buffer.from(value);
      },
      emit: (entry) => void world.entries.push(entry),
    },
  );
  /** Moves the clock and takes what is due then. */
  const pass = (ms: number): RunAction[] => {
    world.now += ms;
    return engine.take();
  };
  const events = (): LogEntry[] =>
    world.entries.filter(({ logName }) => logName.endsWith('system_event'));
  return { engine, world, store, pass, events };
}

interface Changes {
  container?: Partial<Container>;
  task?: Partial<JobSpec['template']['template']>;
  template?: Partial<JobSpec['template']>;
  job?: Partial<JobSpec>;
}

/** A job that is accepted, and starts an execution, but for `changes`. */
export function spec({ container, task, template, job }: Changes = {}): JobSpec {
  return {
    labels: { app: 'drover' },
    annotations: {},
    client: '',
    clientVersion: '',
    startExecutionToken: 'a1',
    ...job,
    template: {
      labels: { run: 'triage-1' },
      annotations: {},
      parallelism: 0,
      taskCount: 1,
      ...template,
      template: {
        volumes: [],
        maxRetries: 0,
        timeoutSeconds: 60,
        serviceAccount: '',
        ...task,
        containers: [
          {
            name: '',
            image: 'agent:1',
            command: [],
            args: [],
            env: [],
            limits: {},
            volumeMounts: [],
            ...container,
          },
        ],
      },
    },
  };
}

/** The same without a token: the job is made and nothing runs. */
export function idle(changes: Changes = {}): JobSpec {
  const { startExecutionToken: _token, ...rest } = spec(changes);
  return rest;
}

/** A volume of `secret` for each mount path, and the mounts. */
export function mounted(...paths: string[]) {
  return {
    task: {
      volumes: paths.map((_, index) => ({
        name: `v${index}`,
        secret: {
          secret: 'files',
          items: [{ path: 'token', version: '1', mode: 0 }],
          defaultMode: 0,
        },
      })),
    },
    container: {
      volumeMounts: paths.map((mountPath, index) => ({
        name: `v${index}`,
        mountPath,
        subPath: '',
      })),
    },
  };
}
