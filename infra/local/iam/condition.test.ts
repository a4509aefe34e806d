import { describe, expect, it } from 'vitest';
import { readCondition } from './condition.ts';

const starts = (prefix: string): string => `resource.name.startsWith("${prefix}")`;

describe('a condition', () => {
  it('holds for names that begin as it says, in one way or another', () => {
    const holds = readCondition(`${starts('projects/1/secrets/a_')} || ${starts('projects/1/b')}`);
    expect(
      ['projects/1/secrets/a_1', 'projects/1/b', 'projects/1/secrets/a', 'projects/2/b'].map(holds),
    ).toEqual([true, true, false, false]);
  });

  it.each([
    '',
    'true',
    `!${starts('a')}`,
    `${starts('a')} && ${starts('b')}`,
    'resource.name == "a"',
    `${starts('a')} || true`,
  ])('that cannot be evaluated grants nothing, and is reported: %s', (expression) => {
    expect(() => readCondition(expression)).toThrow('cannot evaluate');
  });
});
