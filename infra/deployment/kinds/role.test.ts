import { describe, expect, it } from 'vitest';
import type { Role } from '../resource.ts';
import { roleKind as kind } from './role.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Role = {
  kind: 'role',
  id: 'droverTick',
  title: 'Drover: Tick',
  why: 'What `tick` may do in the project.',
  permissions: ['run.jobs.delete', 'run.jobs.list'],
  needs: [],
};
const found = {
  name: 'projects/acme-drover/roles/droverTick',
  title: 'Drover: Tick',
  description: 'What `tick` may do in the project.',
  includedPermissions: ['run.jobs.list', 'run.jobs.delete'],
  stage: 'GA',
  etag: 'BwY=',
};

describe('a role', () => {
  it('is as it should be right after it was made, in whatever order its permissions are told', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('with a permission too many is set back', () => {
    const more = {
      ...found,
      includedPermissions: ['run.jobs.delete', 'run.jobs.list', 'run.jobs.run'],
    };
    expect(told(kind.compare(deployment, wanted, more))).toEqual([
      'permissions: run.jobs.delete, run.jobs.list, run.jobs.run > run.jobs.delete, run.jobs.list',
    ]);
    expect(kind.update(deployment, wanted, more)?.map(typed)).toEqual([
      expect.stringContaining('--permissions=run.jobs.delete,run.jobs.list --stage=GA'),
    ]);
  });

  it('that was deleted is brought back, for its id is not free', () => {
    const deleted = { ...found, deleted: true };
    expect(told(kind.compare(deployment, wanted, deleted))).toEqual(['deleted: true > false']);
    expect(kind.update(deployment, wanted, deleted)?.map(typed)).toEqual([
      'gcloud iam roles undelete droverTick',
      expect.stringMatching(/^gcloud iam roles update droverTick /),
    ]);
    expect(kind.remove(deployment, wanted.id, deleted)).toEqual([]);
  });

  it('of ours that nobody wants any more is found, and none of others', () => {
    const answer = {
      roles: [
        { name: 'projects/acme-drover/roles/droverGone', title: 'Drover: Gone' },
        { name: 'projects/acme-drover/roles/droverish', title: 'Drover: not' },
        { name: 'projects/acme-drover/roles/droverMine', title: 'Mine' },
      ],
    };
    expect([...kind.read(deployment, [wanted], [answer]).keys()]).toEqual(['droverGone']);
  });
});
