import { describe, expect, it } from 'vitest';
import type { Repository } from '../resource.ts';
import { repositoryKind as kind } from './repository.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Repository = {
  kind: 'repository',
  id: 'drover',
  why: 'Images.',
  format: 'docker',
  cleanup: [
    { name: 'keep', action: { type: 'KEEP' }, mostRecentVersions: { keepCount: 3 } },
    {
      name: 'old',
      action: { type: 'DELETE' },
      condition: { tagState: 'UNTAGGED', olderThan: '30d' },
    },
  ],
  needs: [],
};
const found = {
  name: 'projects/acme-drover/locations/europe-west1/repositories/drover',
  format: 'DOCKER',
  mode: 'STANDARD_REPOSITORY',
  labels: { drover: 'deployment' },
  cleanupPolicies: {
    old: {
      id: 'old',
      action: 'DELETE',
      condition: { tagState: 'UNTAGGED', olderThan: '2592000s' },
    },
    keep: { id: 'keep', action: 'KEEP', mostRecentVersions: { keepCount: 3 } },
  },
};

describe('a repository', () => {
  it('is as it should be right after it was made, in whatever units and order Google tells it', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('that was made without its policies gets them', () => {
    const { cleanupPolicies, ...bare } = found;
    expect(Object.keys(cleanupPolicies)).toHaveLength(wanted.cleanup.length);
    expect(kind.compare(deployment, wanted, bare).map(({ field }) => field)).toEqual(['cleanup']);
    const [, second] = kind.update(deployment, wanted, bare) ?? [];
    expect(second && typed(second)).toBe(
      'gcloud artifacts repositories set-cleanup-policies drover --location=europe-west1 --no-dry-run --policy=<file>',
    );
    expect(second).toMatchObject({
      files: { '--policy': JSON.stringify(wanted.cleanup, null, 2) },
    });
  });

  it('whose policies are only tried is told to follow them', () => {
    const tried = { ...found, cleanupPolicyDryRun: true };
    expect(told(kind.compare(deployment, wanted, tried))).toEqual(['cleanupDryRun: true > false']);
  });
});
