import type { Data } from '../../shared/ports/index.ts';
import { fieldsOf, isOf, reading, type Saboteur, withFields, writing } from './sabotage.ts';

const isRun = (path: string): boolean => /^runs\/[^/]+$/.test(path);

/** Ways in which Drover does not hear what it is told, or tells what is not so. */
export const sabotagesOfTalk = {
  'dropped-answers': {
    what: 'drops the answer of a call',
    laws: ['callAnswered', 'callOrphaned'],
    sabotage: writing((write) =>
      isOf('calls', write) && /completed|error/.test(String(fieldsOf(write).state))
        ? undefined
        : write,
    ),
  },
  'other-answers': {
    what: 'tells a caller that its call came to nothing',
    laws: ['callAnswers'],
    lives: 40,
    sabotage: reading(
      (path, data) =>
        path.startsWith('calls/') && data.state === 'completed'
          ? { ...data, state: 'error', error: 'so it goes' }
          : data,
      'gateway',
    ),
  },
  'calls-without-runs': {
    what: 'records a call and admits no run for it',
    laws: ['callMade'],
    sabotage: writing((write, all) =>
      isOf('runs', write) && write.op === 'create' && all.some((other) => isOf('calls', other))
        ? undefined
        : write,
    ),
  },
  'kept-locks': {
    what: 'answers the release of a lock with yes and leaves it to its holder',
    laws: ['lockAnswers'],
    sabotage: writing((write) =>
      isOf('locks', write) && (fieldsOf(write).last as Data | null | undefined)?.loss === 'released'
        ? undefined
        : write,
    ),
  },
  'lost-lines': {
    what: 'acknowledges lines of a log that it has not written',
    laws: ['logs'],
    sabotage: writing((write) => (/^runs\/[^/]+\/logs\//.test(write.path) ? undefined : write)),
  },
  'counted-twice': {
    what: 'counts twice what a run has used',
    laws: ['usage'],
    sabotage: writing((write) => {
      const usage = fieldsOf(write).usage as Data | null | undefined;
      if (!isOf('runs', write) || !usage) return write;
      const doubled = Object.entries(usage).map(([what, number]) => [
        what,
        typeof number === 'number' ? 2 * number : number,
      ]);
      return withFields(write, { usage: Object.fromEntries(doubled) });
    }),
  },
  'forgotten-bills': {
    what: 'forgets in the sums of an agent what its models are told to have cost after the end',
    laws: ['costs'],
    lives: 30,
    sabotage: writing((write) => {
      const { days, inFlight } = fieldsOf(write);
      return isOf('agents', write) && days !== undefined && inFlight === undefined
        ? undefined
        : write;
    }),
  },
  deaf: {
    what: 'hears nothing of a run that is in flight',
    laws: ['voice'],
    sabotage: reading(
      (path, data) => (isRun(path) ? { ...data, state: 'succeeded' } : data),
      'gateway',
    ),
  },
  'words-in-the-wind': {
    what: 'answers a signal with yes and forgets it',
    laws: ['signals'],
    sabotage: writing((write) => {
      const { status } = fieldsOf(write);
      return isOf('runs', write) && typeof status === 'string'
        ? withFields(write, { status: null })
        : write;
    }),
  },
  'no-reasons-given': {
    what: 'does not say why a delivery started no run of an agent',
    laws: ['deliveries'],
    lives: 40,
    sabotage: writing((write) =>
      isOf('deliveries', write) && 'unmatched' in fieldsOf(write)
        ? withFields(write, { unmatched: {} })
        : write,
    ),
  },
} as const satisfies { [name: string]: Saboteur };
