import type { Tenure } from '../../shared/locks/lock.ts';
import type { Data, Write } from '../../shared/ports/index.ts';
import { fieldsOf, isOf, type Saboteur, withDocuments, withFields, writing } from './sabotage.ts';

/** Ways in which Drover writes what it should not, or does not write what it should. */
export const sabotagesOfWriting = {
  'no-preconditions': {
    what: 'writes over what others have written since it read',
    // What two write over each other may be anything.
    laws: [
      'slots',
      'swept',
      'scale',
      'projectScale',
      'keys',
      'budget',
      'journal',
      'fences',
      'usage',
      'over',
      'ends',
      'lockAnswers',
    ],
    sabotage: writing((write) => {
      if (write.op === 'create' || write.op === 'set') return write;
      const { version: _, ...rest } = write as Extract<Write, { op: 'update' }>;
      return rest;
    }),
  },
  'create-is-set': {
    what: 'makes documents anew that are there',
    laws: ['cause', 'journal', 'over', 'slots', 'answers', 'signals'],
    sabotage: writing((write) => (write.op === 'create' ? { ...write, op: 'set' } : write)),
  },
  'no-journal': {
    what: 'commits changes of runs without their journal entries',
    laws: ['journal'],
    sabotage: writing((write) => (/^runs\/[^/]+\/events\//.test(write.path) ? undefined : write)),
  },
  'half-commit': {
    what: 'commits the first half of its writes',
    laws: ['slots', 'journal', 'deliveries'],
    sabotage: writing((write, all) =>
      all.indexOf(write) < Math.ceil(all.length / 2) ? write : undefined,
    ),
  },
  'slots-not-written': {
    what: 'launches runs without writing that their slots are taken',
    laws: ['slots', 'scale'],
    sabotage: writing((write) => (isOf('agents', write) ? undefined : write)),
  },
  'forgotten-deliveries': {
    what: 'answers deliveries that it has not written',
    laws: ['answers', 'deliveries'],
    sabotage: writing((write, all) =>
      all.some((other) => isOf('deliveries', other)) ? undefined : write,
    ),
  },
  'fence-stays': {
    what: 'gives a lock to the next holder under the same fence',
    laws: ['fences'],
    sabotage: writing((write) =>
      isOf('locks', write) && 'fence' in fieldsOf(write) ? withFields(write, { fence: 1 }) : write,
    ),
  },
  'locks-outlive': {
    what: 'leaves locks to runs that are over',
    laws: ['released', 'lockAnswers', 'swept', 'break'],
    sabotage: writing((write) =>
      isOf('locks', write) && fieldsOf(write).holder === null ? undefined : write,
    ),
  },
  'never-clean': {
    what: 'never writes that a run was cleaned up',
    laws: ['ends', 'due'],
    sabotage: writing((write) =>
      isOf('runs', write) && 'cleanedAt' in fieldsOf(write)
        ? withFields(write, { cleanedAt: null })
        : write,
    ),
  },
  'one-event-too-many': {
    what: 'writes that one event more of a run is published than is',
    laws: ['events'],
    sabotage: writing((write) => {
      const { published } = fieldsOf(write);
      return isOf('runs', write) && typeof published === 'number' && write.op === 'update'
        ? withFields(write, { published: published + 1 })
        : write;
    }),
  },
  'missing-minutes': {
    what: 'counts a minute of a schedule as looked at, and admits no run for it',
    laws: ['schedule'],
    sabotage: writing((write, all) =>
      all.some(isOfSchedule) && !isOf('agents', write) ? undefined : write,
    ),
  },
  'no-followers': {
    what: 'says that a run is followed, and admits none',
    laws: ['follow'],
    sabotage: writing((write) => (triggerOf(write) === 'rerun' ? undefined : write)),
  },
  'no-runs-on-request': {
    what: 'says that a run is admitted which somebody asked for, and admits none',
    laws: ['answers'],
    sabotage: writing((write) => (triggerOf(write) === 'manual' ? undefined : write)),
  },
  'broken-by-nobody': {
    what: 'says of locks which were given back that somebody took them away',
    laws: ['break'],
    sabotage: writing((write) => {
      const last = fieldsOf(write).last as Tenure | null | undefined;
      if (!isOf('locks', write) || last?.loss !== 'released') return write;
      return withFields(write, { last: { ...last, loss: 'broken' } });
    }),
  },
  'leases-of-no-time': {
    what: 'leases the launch of a run for no time at all',
    laws: ['attempts'],
    sabotage: writing((write) => {
      const { lease } = fieldsOf(write);
      if (!isOf('runs', write) || !lease) return write;
      return withFields(write, {
        lease: { ...(lease as Data), until: '2026-01-01T00:00:00.000Z' },
      });
    }),
  },
  'forgotten-kills': {
    what: 'answers a kill with yes and forgets it',
    laws: ['kill'],
    sabotage: writing((write, all) =>
      all.some((other) => isOf('runs', other) && fieldsOf(other).stop) ? undefined : write,
    ),
  },
  'pages-of-books': {
    what: 'writes a book into the summary of a run that is over',
    laws: ['size'],
    sabotage: writing((write) =>
      isOf('runs', write) && fieldsOf(write).reason
        ? withFields(write, { summary: 'so it went. '.repeat(5_000) })
        : write,
    ),
  },
  'own-reasons': {
    what: 'says of every failure that memory ran out',
    laws: ['blame', 'follow'],
    sabotage: writing((write) =>
      isOf('runs', write) && fieldsOf(write).reason === 'exit_code'
        ? withFields(write, { reason: 'out_of_memory' })
        : write,
    ),
  },
  'pause-of-its-own': {
    what: 'pauses an agent when one of its runs is launched',
    laws: ['pausing'],
    sabotage: writing((write) =>
      isOf('agents', write) && (fieldsOf(write).inFlight as unknown[] | undefined)?.length
        ? withFields(write, { paused: { at: '2026-03-01T12:00:00.000Z', by: 'nobody', why: '' } })
        : write,
    ),
  },
  'two-runs-of-a-cause': {
    what: 'admits each delivery a second time, as another run',
    laws: ['cause'],
    sabotage: (ports) =>
      withDocuments(ports, {
        commit: async (writes, ...rest) => {
          const runs = writes.filter((write) => write.op === 'create' && isOf('runs', write));
          const twins = runs.map((write) => ({ ...write, path: twinOf(write.path) }));
          const versions = await ports.documents.commit([...writes, ...twins], ...rest);
          return versions.slice(0, writes.length);
        },
      }),
  },
} as const satisfies { [name: string]: Saboteur };

function triggerOf(write: Write): unknown {
  if (!isOf('runs', write) || write.op !== 'create') return undefined;
  return (write.data.trigger as Data | undefined)?.type;
}

function isOfSchedule(write: Write): boolean {
  return triggerOf(write) === 'schedule';
}

/** A path that looks as another run's does. */
function twinOf(path: string): string {
  return `${path.slice(0, -8)}${[...path.slice(-8)].reverse().join('')}`;
}
