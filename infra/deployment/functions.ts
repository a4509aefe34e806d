import type { FunctionName } from '../resources.ts';

/** How a function is deployed. */
export interface FunctionShape {
  why: string;
  memory: string;
  cpu: string;
  /** Requests at a time in one instance. */
  concurrency: number;
  timeoutSeconds: number;
  maxInstances: number;
  /** Whether anybody may call it. It guards itself: a signature, a run's secret, a key or an identity token (D17). */
  isPublic: boolean;
}

/**
 * Each function as it is deployed. More than one request at a time needs a whole CPU (Cloud Run docs, "Maximum concurrent
 * requests"). What Cloud Tasks calls must be able to last as long as its dispatch deadline, ten minutes unless a task says otherwise.
 */
export const functionShapes: { readonly [name in FunctionName]: FunctionShape } = {
  webhook: {
    why: 'Verifies, records and admits webhook deliveries.',
    memory: '512Mi',
    cpu: '1',
    concurrency: 80,
    timeoutSeconds: 60,
    maxInstances: 20,
    isPublic: true,
  },
  gateway: {
    why: 'Answers containers: locks, calls, signals, shutdown.',
    memory: '512Mi',
    cpu: '1',
    concurrency: 80,
    timeoutSeconds: 60,
    maxInstances: 20,
    isPublic: true,
  },
  control: {
    why: 'Answers people and tools: status, triggers, kills, pauses, replays, logs.',
    memory: '512Mi',
    cpu: '1',
    concurrency: 40,
    timeoutSeconds: 3_600,
    maxInstances: 5,
    isPublic: true,
  },
  dispatch: {
    why: "Fills an agent's free slots: secrets, job, start.",
    memory: '512Mi',
    cpu: '1',
    concurrency: 10,
    timeoutSeconds: 600,
    maxInstances: 10,
    isPublic: false,
  },
  poll: {
    why: 'Observes a run, ends it, cleans up after it.',
    memory: '512Mi',
    cpu: '1',
    concurrency: 20,
    timeoutSeconds: 600,
    maxInstances: 10,
    isPublic: false,
  },
  tick: {
    why: 'Admits due schedules and sweeps, each minute.',
    memory: '512Mi',
    cpu: '1',
    concurrency: 1,
    timeoutSeconds: 180,
    maxInstances: 2,
    isPublic: false,
  },
  logs: {
    why: "Keeps containers' log lines with their runs, and hears of ended executions at once.",
    memory: '512Mi',
    cpu: '1',
    concurrency: 80,
    timeoutSeconds: 60,
    maxInstances: 10,
    isPublic: false,
  },
};
