import { describe, expect, it } from 'vitest';
import type { ServiceAccount } from '../resource.ts';
import { serviceAccountKind as kind } from './service-account.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: ServiceAccount = {
  kind: 'service-account',
  id: 'drover-tick',
  title: 'Drover tick',
  why: 'The function `tick` runs as it.',
  needs: [],
};
const found = (id: string, displayName: string, more: object = {}) => ({
  name: `projects/acme-drover/serviceAccounts/${id}@acme-drover.iam.gserviceaccount.com`,
  email: `${id}@acme-drover.iam.gserviceaccount.com`,
  displayName,
  description: wanted.why,
  uniqueId: '117',
  ...more,
});

describe('a service account', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found('drover-tick', 'Drover tick'))).toEqual([]);
  });

  it('is found by its id, as are those of agents that are gone, and not those of others', () => {
    const answer = [
      found('drover-tick', 'Drover tick'),
      found('drover-a-gone', 'Drover agent gone'),
      found('drover-of-somebody', 'My own'),
      found('drover-ci', 'Drover CI'),
      found('somebody', 'Drover tick'),
      { email: '123456789012-compute@developer.gserviceaccount.com', displayName: 'Default' },
    ];
    expect([...kind.read(deployment, [wanted], [answer]).keys()]).toEqual([
      'drover-tick',
      'drover-a-gone',
    ]);
  });

  it('is told anew what it is for, and switched on again', () => {
    const other = found('drover-tick', 'Mine', { disabled: true });
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'title: Mine > Drover tick',
      'disabled: true > false',
    ]);
    const email = 'drover-tick@acme-drover.iam.gserviceaccount.com';
    expect(kind.update(deployment, wanted, other)?.map(typed)).toEqual([
      `gcloud iam service-accounts update ${email} --display-name=Drover tick --description=${wanted.why}`,
      `gcloud iam service-accounts enable ${email}`,
    ]);
  });
});
