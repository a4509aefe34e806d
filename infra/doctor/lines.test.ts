import { expect, it } from 'vitest';
import { Failure } from '../cli/errors.ts';
import { finding, findingOf } from './finding.ts';
import { linesOf } from './lines.ts';

const queue = (id: string) =>
  finding('QUEUE_MISSING', `queue ${id}`, 'is missing.', { mend: [`make ${id}`], isFixable: true });

it('each finding has its code, what it means, its page and the commands that mend it', () => {
  expect(linesOf([queue('a')])).toEqual([
    'error    QUEUE_MISSING: No wake-up is sent: what is admitted waits until the queue is there. (docs/troubleshooting.md#what-drover-doctor-finds)',
    '         queue a: is missing.',
    '           mend: make a',
  ]);
});

it('errors come before warnings, those of one code stand together, and no more than five are shown', () => {
  const warning = finding('PAUSED', 'project', 'it is paused.', { mend: ['resume'] });
  const lines = linesOf([warning, ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(queue)]);
  expect(lines.filter((line) => /^\w/.test(line)).map((line) => line.split(':')[0])).toEqual([
    'error    QUEUE_MISSING',
    'warning  PAUSED',
  ]);
  expect(lines).toContain('         and 2 more; --json has all of them');
});

it('what keeps a check from being made is told by its own code and page', () => {
  const [first] = linesOf([findingOf(new Failure('BILLING_OFF'), 'billing')]);
  expect(first).toMatch(/^error {4}BILLING_OFF: .*\(docs\/errors\/BILLING_OFF\.md\)$/);
  expect(() => findingOf(new Error('a bug'), 'billing')).toThrow('a bug');
});
