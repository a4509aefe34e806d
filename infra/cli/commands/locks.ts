import { countOf, type Steering, steeringCommand } from '../../steer/command.ts';
import { table } from '../../steer/table.ts';
import { ago } from '../../steer/times.ts';
import type { CliCommand } from '../command.ts';
import { Failure } from '../errors.ts';

/** Locks that a list has, at most: the control API gives no more. */
const mostListed = 500;
/** The fence of nobody: those of holders begin at 1. */
const noFence = 0;
const mostFence = 999_999_999;

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

/** The lock as it is held now, and the fence by which it is to be broken; undefined: by whichever it is. */
async function readHeld({ api, told }: Steering, key: string) {
  const query = { limit: String(mostListed) };
  const { locks: found } = await told(api.v1.locks.$get({ query }), 'locks');
  const held = found.find((lock) => lock.key === key);
  return { held, fence: held?.fence ?? (found.length < mostListed ? noFence : undefined) };
}

/** An older control API takes no fence, and would take the lock from whoever has it. */
function withVersion(error: unknown): unknown {
  const isOlder =
    error instanceof Failure && error.details.some((line) => /unrecognized.*"fence"/i.test(line));
  return isOlder ? new Failure('CONTROL_OTHER_VERSION', undefined, { cause: error }) : error;
}

const take = steeringCommand<{ key: string; fence?: string }>({
  name: 'locks break',
  summary: 'Take a lock away from the run that holds it',
  about:
    'Only the run that has it when the command begins loses it. It goes on, and learns of it when it asks for the lock again; what it writes by its fence is refused by whoever compares fences.',
  changes: true,
  define: (command) => {
    command
      .argument('<key>', 'what is locked, as `drover locks ls` has it')
      .option(
        '--fence <n>',
        'only from the run that has it by this fence (default: from the one that has it now)',
      );
  },
  act: async (steering, { key, fence: named }) => {
    const { api, told } = steering;
    // A request whose answer is lost is sent again: without its fence it would take the lock from the next holder as well.
    const { held, fence } =
      named === undefined
        ? await readHeld(steering, key)
        : { held: undefined, fence: countOf('--fence', named, mostFence) };
    const json = { key, ...(fence === undefined ? {} : { fence }) };
    const asking = api.v1.locks.break.$post({ header: {}, json });
    const { outcome, holder } = await told(asking, 'outcome').catch((error: unknown) => {
      throw withVersion(error);
    });
    const from = holder ?? held?.holder ?? 'its holder';
    const by = named === undefined ? '' : ` by the fence ${fence}`;
    const otherwise = held ? `${from} does not hold ${key} any more` : `nobody held ${key}${by}`;
    return {
      lines: [outcome === 'broken' ? `${key} was taken from ${from}` : otherwise],
      data: { key, fence: fence ?? null, outcome, holder },
    };
  },
});

/** Commands about locks. */
export const locks: readonly CliCommand[] = [ls, take];
