import { countOf, steeringCommand } from '../../steer/command.ts';
import { table } from '../../steer/table.ts';
import { ago } from '../../steer/times.ts';
import type { CliCommand } from '../command.ts';

/** Locks that a list has, at most: the control API gives no more. */
const mostListed = 500;

const ls = steeringCommand<{ limit: string }>({
  name: 'locks ls',
  summary: 'List the locks that are held, and who waits for them',
  define: (command) => {
    command.option('--limit <n>', `how many, at most ${mostListed}`, '100');
  },
  act: async ({ api, told, width, now }, { limit }) => {
    const wanted = countOf('--limit', limit, mostListed);
    const { locks } = await told(api.v1.locks.$get({ query: { limit: String(wanted) } }), 'locks');
    const rows = table(
      locks,
      [
        { title: 'KEY', of: ({ key }) => key },
        { title: 'HELD BY', of: ({ holder }) => holder },
        { title: 'LAPSES', of: ({ until }) => ago(until, now) },
        { title: 'TAKEN', of: ({ takenAt }) => ago(takenAt, now), narrow: 'drop' },
        { title: 'FENCE', of: ({ fence }) => String(fence), narrow: 'drop' },
        { title: 'WAITING', of: ({ waiting }) => waiting.join(', '), narrow: 'cut' },
      ],
      width,
    );
    return {
      lines: locks.length === 0 ? ['nobody holds a lock'] : rows,
      data: { locks },
    };
  },
});

const take = steeringCommand<{ key: string }>({
  name: 'locks break',
  summary: 'Take a lock away from the run that holds it',
  about:
    'The run goes on, and learns of it when it asks for the lock again; what it writes by its fence is refused by whoever compares fences.',
  changes: true,
  define: (command) => {
    command.argument('<key>', 'what is locked, as `drover locks ls` has it');
  },
  act: async ({ api, told }, { key }) => {
    const asking = api.v1.locks.break.$post({ header: {}, json: { key } });
    const { outcome, holder } = await told(asking, 'outcome');
    return {
      lines: [
        outcome === 'broken'
          ? `${key} was taken from ${holder ?? 'its holder'}`
          : `nobody held ${key}`,
      ],
      data: { key, outcome, holder },
    };
  },
});

/** Commands about locks. */
export const locks: readonly CliCommand[] = [ls, take];
