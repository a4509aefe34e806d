import { afterEach, describe, expect, test } from 'vitest';
import { GoogleRefusal } from '../gcloud/google.ts';
import { type TestBench, testBench } from './test-bench.ts';

const benches: TestBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

function open(): TestBench {
  const bench = testBench();
  benches.push(bench);
  return bench;
}

/** What a deployment changes: commands that took effect, documents and secrets. */
interface Counted {
  /** Changes so far. */
  count(): number;
  ports: Pick<TestBench, 'documents' | 'secrets' | 'versions'>;
  /** Lets the change after this many, counted from now on, fail before or after it takes effect. */
  failAt(change: number, when: 'before' | 'after'): void;
}

/** Counts each change, and lets one of them fail. */
function counting({ google, documents, secrets, versions }: TestBench): Counted {
  let count = 0;
  let fails: { at: number; when: 'before' | 'after' } | undefined;
  const passes = (when: 'before' | 'after', what: string): void => {
    if (when === 'before') count += 1;
    if (fails?.at === count && fails.when === when) {
      fails = undefined;
      throw new GoogleRefusal('unknown', 'the line was cut', { command: what });
    }
  };
  const around = async <T>(what: string, change: () => Promise<T>): Promise<T> => {
    passes('before', what);
    const answer = await change();
    passes('after', what);
    return answer;
  };
  google.onChange = passes;
  return {
    count: () => count,
    ports: {
      versions: {
        ...versions,
        setNotes: (...args) => around('setNotes', () => versions.setNotes(...args)),
        destroy: (...args) => around('destroy', () => versions.destroy(...args)),
      },
      documents: {
        ...documents,
        commit: (...args) => around('commit', () => documents.commit(...args)),
      },
      secrets: {
        ...secrets,
        create: (...args) => around('create', () => secrets.create(...args)),
        addVersion: (...args) => around('addVersion', () => secrets.addVersion(...args)),
        setAliases: (...args) => around('setAliases', () => secrets.setAliases(...args)),
      },
    },
    failAt: (change, when) => {
      fails = { at: count + change, when };
    },
  };
}

const second = { directory: '/upload', digest: 'second' };

/** Command lines that are there twice. */
function doubled(lines: readonly string[]): string[] {
  return lines.filter((line, at) => lines.indexOf(line) !== at);
}

async function countChanges(options: Parameters<TestBench['deploy']>[0], first: boolean) {
  const bench = open();
  const counted = counting(bench);
  if (first) await bench.deploy({ ports: counted.ports });
  const before = counted.count();
  await bench.deploy({ ports: counted.ports, ...options });
  return counted.count() - before;
}

describe.each(['before', 'after'] as const)('a deployment that is cut off %s a change', (when) => {
  test('is completed by the next, which repeats nothing that is done', async () => {
    const changes = await countChanges({}, false);
    expect(changes).toBeGreaterThan(15);
    for (let change = 1; change <= changes; change += 1) {
      const bench = open();
      const { ports, failAt } = counting(bench);
      failAt(change, when);
      await expect(bench.deploy({ ports }), `change ${change}`).rejects.toThrow('the line was cut');
      await bench.deploy({ ports });
      expect((await bench.deploy({ ports })).steps).toEqual([]);
      expect(doubled(bench.google.effects), `change ${change}`).toEqual([]);
      expect(bench.google.services.size).toBe(7);
      const revisions = [...bench.google.services.values()].map((each) => each.revisions.length);
      expect(revisions, `change ${change}`).toEqual([1, 1, 1, 1, 1, 1, 1]);
    }
  });

  test('of versions with a share gives them no more than that at any time, and ends with it', async () => {
    const options = { upload: second, share: 10 };
    const changes = await countChanges(options, true);
    expect(changes).toBe(7 + 2 * 2);
    for (let change = 1; change <= changes; change += 1) {
      const bench = open();
      await bench.deploy();
      const { ports, failAt } = counting(bench);
      const passes = bench.google.onChange;
      bench.google.onChange = (...args) => {
        expect(shareOfNewest(bench, 'webhook')).toBeLessThanOrEqual(10);
        expect(shareOfNewest(bench, 'gateway')).toBeLessThanOrEqual(10);
        passes(...args);
      };
      failAt(change, when);
      await expect(bench.deploy({ ports, ...options })).rejects.toThrow('the line was cut');
      await bench.deploy({ ports, ...options });
      expect(shareOfNewest(bench, 'webhook'), `change ${change}`).toBe(10);
      expect(shareOfNewest(bench, 'gateway'), `change ${change}`).toBe(10);
      expect((await bench.deploy({ ports, ...options })).steps).toEqual([]);
      expect(doubled(bench.google.effects.filter((line) => !line.includes('traffic')))).toEqual([]);
    }
  });
});

/** Percentage of a function's traffic that its second revision gets. */
function shareOfNewest({ google }: TestBench, name: string): number {
  const { revisions = [], traffic = [] } = google.services.get(`drover-${name}`) ?? {};
  const newest = revisions[1]?.name;
  if (newest === undefined) return 0;
  return traffic
    .filter(({ revision }) => revision === 'LATEST' || revision === newest)
    .reduce((sum, { percent }) => sum + percent, 0);
}
