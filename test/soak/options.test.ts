import { describe, expect, it } from 'vitest';
import { readOptions, usage } from './options.ts';

const read = (...args: string[]) => readOptions(args, 1_234_567_890);

describe('the options of a soak', () => {
  it('default to 500 deliveries in three minutes, and a seed of the time', () => {
    expect(read()).toEqual({
      deliveries: 500,
      seed: 567_890,
      killEveryMs: 3_000,
      stormMs: 75_600,
      longestMs: 180_000,
    });
  });

  it('are all taken', () => {
    const args = '--deliveries 60 --seed 7 --kill-every 1.5 --minutes 1';
    expect(read(...args.split(' '))).toMatchObject({
      deliveries: 60,
      seed: 7,
      killEveryMs: 1_500,
      longestMs: 60_000,
    });
  });

  it.each(['deliveries', 'seed', 'kill-every', 'minutes'])('refuse a --%s of words', (name) => {
    expect(read(`--${name}=many`)).toEqual({ wrong: expect.stringContaining(`--${name}`) });
  });

  it('refuse what they do not know', () => {
    expect(read('--kills', '3')).toEqual({ wrong: expect.stringContaining("'--kills'") });
  });

  it('are each explained', () => {
    for (const option of ['deliveries', 'seed', 'kill-every', 'minutes', 'help']) {
      expect(usage).toMatch(new RegExp(`^  --${option}\\b`, 'm'));
    }
  });
});
