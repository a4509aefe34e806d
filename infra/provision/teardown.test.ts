import { expect, it } from 'vitest';
import type { Step } from './plan.ts';
import { questionOf } from './teardown.ts';

const removed = (kind: Step['resource']['kind'], count: number): Step[] =>
  Array.from({ length: count }, (_, at) => ({
    title: `Remove ${kind} ${at}`,
    resource: { kind, id: `${at}` },
    action: 'remove',
    commands: [],
    why: '',
    differences: [],
  }));
const asked = (keepData: boolean, ...steps: Step[][]) =>
  questionOf({ steps: steps.flat(), conflicts: [], unchanged: 0 }, 'acme', keepData);

it('asks for agreement with how many of each kind go, in the order in which they go', () => {
  const steps = [
    removed('alert-policy', 2),
    removed('queue', 3),
    removed('index', 2),
    removed('repository', 1),
    removed('rules', 1),
    removed('job', 1),
  ];
  expect(asked(false, ...steps)).toBe(
    '10 resources are removed from acme: 2 alert policies, 3 queues, 2 indexes, 1 image repository, security rules, 1 job. All runs, credentials and keys go.',
  );
});

it('asks of one thing as of one, and says what stays', () => {
  expect(asked(true, removed('queue', 1))).toBe(
    '1 resource is removed from acme: 1 queue. Runs, credentials and keys stay.',
  );
});
