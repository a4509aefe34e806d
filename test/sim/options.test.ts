import { describe, expect, it } from 'vitest';
import { readOptions, usage } from './options.ts';

const defaults = {
  first: 1,
  seeds: 100,
  minutes: 1,
  level: 'heavy',
  all: false,
  without: [],
  isReplay: false,
};

describe('the options of the simulation', () => {
  it('have defaults, and one thread a core', () => {
    expect(readOptions([])).toMatchObject(defaults);
    expect(readOptions([])).toMatchObject({ jobs: expect.any(Number) });
  });

  it('are read as they are given', () => {
    const args = '--seeds 20 --seed 7 --minutes 60 --faults light --all --jobs 3'.split(' ');
    const given = { first: 7, seeds: 20, minutes: 60, level: 'light', all: true, jobs: 3 };
    expect(readOptions(args)).toEqual({ ...defaults, ...given });
  });

  it('live one life again where only its seed is given', () => {
    const args = '--seed 7 --without 3,7-20,40- --quiet-after 90000 --sabotage no-journal';
    expect(readOptions(args.split(' '))).toMatchObject({
      first: 7,
      seeds: 1,
      isReplay: true,
      quietAfterMs: 90_000,
      sabotage: 'no-journal',
      without: [
        { first: 3, last: 3 },
        { first: 7, last: 20 },
        { first: 40, last: Number.POSITIVE_INFINITY },
      ],
    });
  });

  it('name the mishaps that happen, or none', () => {
    const only = ['1x8k2f.12', 'a.3'];
    expect(readOptions(['--seed', '7', '--only', only.join(',')])).toMatchObject({ only });
    expect(readOptions(['--seed', '7', '--only', 'none'])).toMatchObject({ only: [] });
    expect(readOptions(['--seed', '7'])).not.toHaveProperty('only');
  });

  it('tell how they are used', () => {
    expect(readOptions(['--help'])).toBe('help');
    for (const option of ['--seeds', '--seed', '--minutes', '--faults', '--all', '--without']) {
      expect(usage).toContain(option);
    }
  });

  it.each([
    ['--seeds 0', '--seeds 0 is not a whole number from 1 to'],
    ['--seeds 1.5', '--seeds 1.5 is not a whole number'],
    ['--seed x', '--seed x is not a whole number from 1 to 4294967295'],
    ['--seed 4294967295 --seeds 2', 'leads past the last seed'],
    ['--minutes -1', "Option '--minutes' argument is ambiguous"],
    ['--minutes 1441', '--minutes 1441 is not a whole number from 1 to 1440'],
    ['--jobs 65', '--jobs 65 is not a whole number from 1 to 64'],
    ['--faults some', '--faults some is not a level: give one of heavy, light, none'],
    ['--seed 3 --without 7-3', '--without 7-3 are no numbers of mishaps: give numbers'],
    ['--seed 3 --only 1,2', '--only 1,2 are no ids of mishaps: give those of a report, or none'],
    ['--seeds 5 --only a.3', '--only is of one life'],
    ['--seeds 5 --without 3', '--without is of one life: give its seed by --seed'],
    ['--quiet-after 5', '--quiet-after is of one life'],
    ['--sabotage nothing', '--sabotage nothing is none that there is: give one of'],
    ['--sedes 5', "Unknown option '--sedes'"],
    ['5', "Unexpected argument '5'"],
  ])('%s is refused, and it is told what to do', (args, wrong) => {
    expect(readOptions(args.split(' '))).toMatchObject({ wrong: expect.stringContaining(wrong) });
  });

  it('tell of everything that is wrong at once', () => {
    const read = readOptions('--seeds 0 --minutes 0 --faults some'.split(' '));
    expect(read).toMatchObject({ wrong: expect.stringMatching(/--seeds.*\n.*--minutes.*\n?.*/s) });
    expect(read).toMatchObject({ wrong: expect.stringContaining('--faults') });
  });
});
