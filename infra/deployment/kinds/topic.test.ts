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

it('a topic keeps its messages as long as is wanted, and only then', () => {
  const keeping: Topic = { ...wanted, retentionSeconds: 86_400 };
  const labelled = { labels: { drover: 'deployment' } };
  expect(told(kind.compare(deployment, keeping, labelled))).toEqual([
    'retentionSeconds: 0 > 86400',
  ]);
  const kept = { ...labelled, messageRetentionDuration: '86400s' };
  expect(kind.compare(deployment, keeping, kept)).toEqual([]);
  expect(told(kind.compare(deployment, wanted, kept))).toEqual(['retentionSeconds: 86400 > 0']);
  expect(kind.update(deployment, keeping, labelled)?.[0]).toMatchObject({
    args: expect.arrayContaining(['--message-retention-duration=86400s']),
  });
  expect(kind.update(deployment, wanted, kept)?.[0]).toMatchObject({
    args: expect.arrayContaining(['--clear-message-retention-duration']),
  });
});
