import { expect, it } from 'vitest';
import type { Topic } from '../resource.ts';
import { deployment, told } from './test-kind.ts';
import { topicKind as kind } from './topic.ts';

const wanted: Topic = { kind: 'topic', id: 'drover-logs', why: '', needs: [] };

it('a topic is found by its name or by our label, and gets the label', () => {
  const found = kind.read(
    deployment,
    [wanted],
    [
      [
        { name: 'projects/acme-drover/topics/drover-logs' },
        { name: 'projects/acme-drover/topics/gone', labels: { drover: 'deployment' } },
        { name: 'projects/acme-drover/topics/theirs', labels: { drover: 'run' } },
      ],
    ],
  );
  expect([...found.keys()]).toEqual(['drover-logs', 'gone']);
  expect(told(kind.compare(deployment, wanted, found.get('drover-logs') ?? {}))).toEqual([
    'label:  > deployment',
  ]);
});
