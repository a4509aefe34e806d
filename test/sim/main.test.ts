import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';

/** What `npm run build` has made of the same sources. */
const program = join(repositoryRoot(), 'dist/test/sim/main.js');

function simulate(args: string): { code: number | null; out: string; wrong: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args.split(' ')], {
    cwd: repositoryRoot(),
    encoding: 'utf8',
  });
  return { code: status, out: stdout, wrong: stderr };
}

/** All but the line that tells how long it took. */
const untimed = (out: string): string => out.replace(/^.* s of CPU.*$/m, '');

describe('npm run sim', () => {
  it('exits with 2 and says what to do when an option is wrong', () => {
    const { code, out, wrong } = simulate('--seeds none');
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(wrong).toContain('--seeds none is not a whole number from 1 to');
    expect(wrong).toContain('Usage: npm run sim');
  });

  it('exits with 0 when every law held, and says how much it has seen', () => {
    const { code, out } = simulate('--seeds 2 --minutes 1 --faults light --jobs 2');
    expect(code).toBe(0);
    expect(out).toMatch(/^simulated 2 lives: every law held; \d+ runs?, \d+ calls of ports$/m);
    expect(out).toMatch(/ s of CPU, .* lives a second$/m);
  });

  it('exits with 1 when one was broken, and tells how to see it again', () => {
    const broken = '--seeds 3 --minutes 1 --faults light --sabotage half-commit';
    const { code, out } = simulate(`${broken} --jobs 2`);
    expect(code).toBe(1);
    expect(out).toMatch(/^shrunk from \d+ mishaps? in 1 minutes to \d+ in \d+ li(fe|ves)/m);
    const [, args = ''] = /^replay it: +npm run sim -- (.*)$/m.exec(out) ?? [];
    expect(args).toContain('--sabotage half-commit');
    const again = simulate(args);
    expect(again.code).toBe(1);
    const law = /^law .*$/m;
    expect(law.exec(again.out)?.[0]).toBe(law.exec(out)?.[0]);
    // However many threads there are.
    const alone = simulate(`${broken} --jobs 1`);
    expect(alone.wrong).toBe('');
    expect(untimed(alone.out)).toBe(untimed(out));
  });
});
