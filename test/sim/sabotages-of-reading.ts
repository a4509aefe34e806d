import type { ScheduleState } from '../../shared/agents/state.ts';
import { lockPath } from '../../shared/locks/lock.ts';
import type { Data, Ports, Query, Version } from '../../shared/ports/index.ts';
import { currentPath } from '../../shared/projects/release.ts';
import { isOver, type RunState } from '../../shared/runs/states.ts';
import { textOf } from '../../shared/schedules/due.ts';
import type { Schedule } from '../../shared/schedules/schedule.ts';
import {
  asking,
  both,
  configured,
  fieldsOf,
  isOf,
  reading,
  type Saboteur,
  withDocuments,
  withFields,
  writing,
} from './sabotage.ts';

const isRun = (path: string): boolean => /^runs\/[^/]+$/.test(path);
const isState = (path: string): boolean => path.startsWith('agents/');
const inAHundredYears = new Date('2126-01-01T00:00:00.000Z');

/** Ways in which Drover overlooks what it has read. */
export const sabotagesOfReading = {
  'reversed-queue': {
    what: 'takes the newest of a queue for the oldest',
    laws: ['order', 'overflow'],
    sabotage: asking((query) =>
      asksForQueue(query) && query.limit === 10 ? reversed(query) : query,
    ),
  },
  'one-too-many': {
    what: 'lets an agent have one run more in flight than its scale',
    laws: ['scale'],
    sabotage: configured((agent) => ({ ...agent, scale: Number(agent.scale) + 1 }), 'dispatch'),
  },
  'other-timeouts': {
    what: 'gives runs another timeout than their release says',
    laws: ['admission'],
    sabotage: configured((agent) => ({ ...agent, timeout: Number(agent.timeout) + 1 })),
  },
  'skips-what-is-busy': {
    what: 'drops runs for their key where they should wait for it',
    laws: ['skip'],
    sabotage: configured((agent) => ({ ...agent, concurrency: busyOf(agent, 'skip') }), 'dispatch'),
  },
  'gives-way': {
    what: 'lets later runs take the place of earlier ones where they should wait',
    laws: ['superseded'],
    sabotage: configured(
      (agent) => ({ ...agent, concurrency: busyOf(agent, 'cancel') }),
      'dispatch',
    ),
  },
  'no-sweep': {
    what: 'finds in its sweep that nothing is overdue',
    laws: ['due', 'waiting', 'ends'],
    sabotage: asking((query) =>
      query.where?.some(([field]) => field === 'dueAt')
        ? { ...query, where: [['dueAt', '<=', new Date(0)]] }
        : query,
    ),
  },
  'no-slots': {
    what: 'reads that no slot of an agent is taken',
    laws: ['slots', 'scale'],
    sabotage: reading(
      (path, data) => (isState(path) ? { ...data, inFlight: [] } : data),
      'dispatch',
    ),
  },
  'no-project-scale': {
    what: 'reads that no slot of the project is taken',
    laws: ['projectScale'],
    lives: 30,
    sabotage: reading(
      (path, data) => (path === currentPath ? { ...data, inFlight: [] } : data),
      'dispatch',
    ),
  },
  'no-keys': {
    what: 'reads that no key is in flight',
    laws: ['keys'],
    sabotage: both(
      reading(
        (path, data) => (isState(path) ? { ...data, keys: masked(data.keys as Data) } : data),
        'dispatch',
      ),
      writing((write) => {
        const { keys } = fieldsOf(write);
        if (!isOf('agents', write) || !keys) return write;
        return withFields(write, { keys: unmasked(keys as Data) });
      }),
    ),
  },
  'no-pause': {
    what: 'overlooks that an agent or the project is paused',
    laws: ['paused'],
    sabotage: reading(
      (path, data) => (isState(path) || path === currentPath ? { ...data, paused: null } : data),
      'dispatch',
    ),
  },
  'no-budget': {
    what: 'overlooks what an agent has used of its day',
    laws: ['budget'],
    lives: 30,
    sabotage: reading(
      (path, data) =>
        isState(path) ? { ...data, spend: { day: '', runs: 0, seconds: 0, dollars: 0 } } : data,
      'dispatch',
    ),
  },
  'no-failures': {
    what: 'overlooks how often an agent has failed in a row',
    laws: ['budget'],
    lives: 30,
    sabotage: reading((path, data) => (isState(path) ? { ...data, failures: 0 } : data)),
  },
  'too-early': {
    what: 'launches runs before their time',
    laws: ['early', 'events'],
    lives: 30,
    sabotage: reading(
      (path, data) => (isRun(path) ? { ...data, notBefore: null } : data),
      'dispatch',
    ),
  },
  'lost-when-resumed': {
    what: 'counts what a pause held as if it had come just now',
    laws: ['held'],
    lives: 30,
    sabotage: reading(
      (path, data) => (isState(path) || path === currentPath ? { ...data, resumedAt: null } : data),
      'dispatch',
    ),
  },
  'nobody-holds-a-lock': {
    what: 'takes a lock away from its holder',
    laws: ['locks', 'lockAnswers'],
    sabotage: reading(
      (path, data) => (path.startsWith('locks/') ? { ...data, holder: null } : data),
      'gateway',
    ),
  },
  'never-over': {
    what: 'hears what a container says after its run has ended',
    laws: ['voice', 'over', 'signals'],
    sabotage: reading(
      (path, data) =>
        isRun(path) && isOver(data.state as RunState) ? { ...data, state: 'running' } : data,
      'gateway',
    ),
  },
  'catches-up-unasked': {
    what: 'looks again at the last hour of schedules that catch nothing up, and runs all of it',
    laws: ['stale'],
    sabotage: (ports, name) => {
      const patterns = new Set<string>();
      const catchingUp = configured((agent) => {
        const schedule = agent.schedule as Schedule | null;
        if (schedule?.catchup !== 'none') return agent;
        const other: Schedule = { ...schedule, catchup: 'all' };
        patterns.add(textOf(other));
        return { ...agent, schedule: other };
      }, 'tick');
      const lookingBack = reading((path, data) => {
        const schedule = data.schedule as ScheduleState | null;
        if (!isState(path) || !schedule || !patterns.has(schedule.pattern)) return data;
        const until = new Date(Date.parse(schedule.until) - 3_600_000).toISOString();
        return { ...data, schedule: { ...schedule, until } };
      }, 'tick');
      return both(catchingUp, lookingBack)(ports, name);
    },
  },
  'no-rings': {
    what: 'overlooks what the holders of locks wait for',
    laws: ['ring'],
    from: 60,
    sabotage: reading(
      (path, data) => (path.startsWith('waits/') ? { ...data, until: new Date(0) } : data),
      'gateway',
    ),
  },
  'made-up-rings': {
    what: 'tells of a ring to whoever is refused a lock',
    laws: ['deadlock'],
    sabotage: (ports, name) => (name === 'gateway' ? makingUpRings(ports) : ports),
  },
  'newest-dropped': {
    what: 'drops of a queue that is too long what came last',
    laws: ['overflow'],
    // What is launched is read in pages of which the first is a short one.
    sabotage: asking((query) =>
      asksForQueue(query) && query.limit >= 100 && !query.startAfter ? reversed(query) : query,
    ),
  },
} as const satisfies { [name: string]: Saboteur };

/** Every holder of a lock waits for a key that nobody knows, and whoever asked last has that. Of several that ask at once, some are told of no ring. */
function makingUpRings(ports: Ports): Ports {
  const key = 'made up';
  let [asker, before] = ['', ''];
  const madeUp = (path: string): Data | undefined => {
    const [collection, id = ''] = path.split('/');
    // Who asks reads its own wait first; that of a holder is read right after its run.
    const isHolders = before === `runs/${id}`;
    before = path;
    if (collection === 'waits' && isHolders) return { key, until: inAHundredYears };
    if (collection === 'waits') asker = id;
    if (path === lockPath(key)) return { holder: asker, fence: 1, until: inAHundredYears };
    return undefined;
  };
  return withDocuments(ports, {
    get: async (path) => {
      const data = madeUp(path);
      if (!data) return ports.documents.get(path);
      const [, id = ''] = path.split('/');
      return { id, path, version: key as Version, data, readAt: ports.clock.now() } as never;
    },
  });
}

/** The concurrency of an agent, with another rule for what is busy. */
function busyOf({ concurrency }: Data, busy: string): Data | null {
  return concurrency ? { ...(concurrency as Data), busy } : null;
}

/** Keys that look like no key that there is. */
function masked(keys: Data): Data {
  return Object.fromEntries(Object.entries(keys ?? {}).map(([run, key]) => [run, `not ${key}`]));
}

function unmasked(keys: Data): Data {
  return Object.fromEntries(
    Object.entries(keys).map(([run, key]) => [run, String(key).replace(/^not /, '')]),
  );
}

function asksForQueue({ collection, where = [] }: Query): boolean {
  return (
    collection === 'runs' &&
    where.some(([field, , value]) => field === 'state' && (value as string[])[0] === 'queued')
  );
}

function reversed(query: Query): Query {
  const orderBy = (query.orderBy ?? []).map(
    ([field, direction]) => [field, direction === 'asc' ? 'desc' : 'asc'] as const,
  );
  return { ...query, orderBy };
}
