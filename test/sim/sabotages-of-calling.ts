import type { NewJob, Ports } from '../../shared/ports/index.ts';
import { type Saboteur, withDocuments } from './sabotage.ts';

/** Ways in which Drover asks of Cloud Run, Cloud Tasks and Secret Manager what it should not, or not what it should. */
export const sabotagesOfCalling = {
  'no-wake-ups': {
    what: 'wakes nobody, not even in its sweep',
    laws: ['ends', 'waiting', 'due'],
    sabotage: (ports) => ({ ...ports, tasks: { enqueue: async () => 'enqueued' } }),
  },
  circles: {
    what: 'plans the next poll of a run in each one, even when it is over',
    laws: ['busy'],
    sabotage: (ports, name) =>
      withDocuments(ports, {
        get: async (path, ...rest) => {
          const [collection, run = ''] = path.split('/');
          if (name === 'poll' && collection === 'runs') {
            await ports.tasks.enqueue({ target: 'poll', body: { run } });
          }
          return ports.documents.get(path, ...rest);
        },
      }),
  },
  'secrets-stay': {
    what: 'deletes no secret of a run',
    laws: ['swept'],
    sabotage: (ports) => ({
      ...ports,
      secrets: { ...ports.secrets, delete: async () => 'deleted' },
    }),
  },
  'jobs-stay': {
    what: 'deletes no job',
    laws: ['swept'],
    sabotage: (ports) => ({ ...ports, jobs: { ...ports.jobs, delete: async () => 'deleted' } }),
  },
  'started-again': {
    what: 'starts a job anew that an earlier launch has started',
    laws: ['once'],
    sabotage: (ports, name) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        get: async (id) => (name === 'dispatch' ? undefined : ports.jobs.get(id)),
        start: async (job) => {
          const answer = await ports.jobs.start(job);
          if (answer === 'accepted') return answer;
          await ports.jobs.delete(job.id);
          return ports.jobs.start(job);
        },
      },
    }),
  },
  'starts-what-is-over': {
    what: 'keeps the secrets of runs, and starts with each run those again that its instance started before',
    laws: ['late'],
    sabotage: (ports) => {
      const before: NewJob[] = [];
      const start = async (job: NewJob): ReturnType<Ports['jobs']['start']> => {
        for (const other of before) await ports.jobs.start(other).catch(() => {});
        before.push(job);
        return ports.jobs.start(job);
      };
      return {
        ...ports,
        jobs: { ...ports.jobs, start },
        secrets: { ...ports.secrets, delete: async () => 'deleted' },
      };
    },
  },
  'swapped-keys': {
    what: 'takes the key of a viewer for that of an operator, and the other way round',
    laws: ['access'],
    // In the fifth life `ends` is broken first: an operator is refused who wants to resume what is paused.
    from: 6,
    sabotage: (ports) => {
      const { secrets } = ports;
      const other = (id: string): string =>
        id.replace(/-(default|viewer)$/, (_, name) => (name === 'viewer' ? '-default' : '-viewer'));
      return {
        ...ports,
        secrets: {
          ...secrets,
          get: (id) => secrets.get(id.includes('gateway_api_key') ? other(id) : id),
          access: (id, version) =>
            secrets.access(id.includes('gateway_api_key') ? other(id) : id, version),
        },
      };
    },
  },
  'events-lost': {
    what: 'takes events for published that it never handed over',
    laws: ['events'],
    sabotage: (ports) => ({ ...ports, events: { publish: async () => {} } }),
  },
  'events-in-any-order': {
    what: 'publishes the events of a run last ones first',
    laws: ['events'],
    sabotage: (ports) => ({
      ...ports,
      events: {
        publish: (key, messages) => ports.events.publish(key, messages.toReversed()),
      },
    }),
  },
  'a-bug': {
    what: 'reads a field of what is not there when it polls before the end',
    laws: ['bugs'],
    sabotage: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        execution: async (...args) => {
          const found = await ports.jobs.execution(...args);
          const { over } = found as { over: { outcome: string } };
          return over.outcome === '' ? undefined : found;
        },
      },
    }),
  },
  'swapped-exits': {
    what: 'takes a failure for a success',
    laws: ['blame'],
    sabotage: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        execution: async (...args) => {
          const found = await ports.jobs.execution(...args);
          const exit = found?.over?.exit;
          if (!found?.over || !exit?.exitCode) return found;
          const over = { ...found.over, exit: { ...exit, exitCode: 0 } };
          return { ...found, over: { ...over, outcome: 'succeeded' } };
        },
      },
    }),
  },
} as const satisfies { [name: string]: Saboteur };
