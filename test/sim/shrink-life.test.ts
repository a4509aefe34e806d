import { describe, expect, it } from 'vitest';
import { type Ask, isSame, tell } from './ask.ts';
import { readOptions } from './options.ts';
import { commandOf, reportOf } from './report.ts';
import { shrinkLife } from './shrink-life.ts';

/** A life that fails in a Drover that writes no journal: one run is enough. */
const ask: Ask = { seed: 1, minutes: 2, level: 'heavy', sabotage: 'no-journal' };
const looking = { ahead: 2, mostLives: 60 };

describe('a life that fails', () => {
  it('is shrunk to one that fails by the same law, with nothing in it that could be left out', async () => {
    const told = await tell(ask);
    expect(told.broken?.law).toBe('journal');
    const shrunk = await shrinkLife({ live: tell }, ask, told, looking);
    expect(isSame(shrunk.told.broken, told.broken)).toBe(true);
    expect(shrunk.isMinimal).toBe(true);
    expect(shrunk.told.mishaps.length).toBeLessThan(told.mishaps.length / 4);
    expect(shrunk.lives).toBeLessThanOrEqual(looking.mostLives);

    const report = reportOf(ask, told, shrunk);
    const command = commandOf(shrunk.ask);
    expect(report).toContain(`replay it:      ${command}`);
    expect(report).toContain('law journal: the journal leads from the first document to the last');
    expect(report).toContain('invariant 9: a journal replayed gives the document');
    for (const { number, what } of shrunk.told.mishaps) {
      expect(report).toContain(`  ${number}. ${what}`);
    }

    // The command lives that very life again.
    const options = readOptions(command.split(' ').slice(4));
    if (options === 'help' || 'wrong' in options) throw new Error(`${command} is refused`);
    const { first, minutes, level, only, quietAfterMs, sabotage } = options;
    const again = await tell({
      seed: first,
      minutes,
      level,
      ...(only && { only }),
      ...(quietAfterMs !== undefined && { quietAfterMs }),
      ...(sabotage && { sabotage }),
    });
    expect(again).toEqual(shrunk.told);
  });

  it('is shrunk to the same, however many lives are begun ahead', async () => {
    const told = await tell(ask);
    const few = { ...looking, mostLives: 8 };
    const one = await shrinkLife({ live: tell }, ask, told, { ...few, ahead: 1 });
    const many = await shrinkLife({ live: tell }, ask, told, { ...few, ahead: 4 });
    expect(many).toEqual(one);
  });

  it('is not taken for one that breaks another law, or has another bug', () => {
    const bug = {
      law: 'bugs',
      message: 'poll: TypeError: x of agent-0-abcdefgh',
      afterMs: 0,
    } as const;
    const story: string[] = [];
    const as = (law: 'bugs' | 'over', message: string) => ({ ...bug, law, message, story });
    const first = as('bugs', 'poll: TypeError: x of agent-0-abcdefgh');
    expect(isSame(first, as('bugs', 'poll: TypeError: x of agent-1-234567ab\n at y'))).toBe(true);
    expect(isSame(first, as('bugs', 'tick: TypeError: x of agent-0-abcdefgh'))).toBe(false);
    expect(isSame(first, as('over', first.message))).toBe(false);
    expect(isSame(first, undefined)).toBe(false);
    expect(isSame(as('over', 'one'), as('over', 'another'))).toBe(true);
  });
});
