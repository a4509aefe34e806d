import { describe, expect, it } from 'vitest';
import { tell } from './ask.ts';
import { regressions } from './regressions.ts';
import { commandOf } from './report.ts';

describe('a life that once broke a law holds them all', () => {
  it.each(regressions.map((regression) => [regression.found, regression] as const))(
    '%s',
    async (_, regression) => {
      const { broken } = await tell(regression);
      expect(broken?.law, [commandOf(regression), ...(broken?.story ?? [])].join('\n')).toBe(
        undefined,
      );
    },
  );
});
