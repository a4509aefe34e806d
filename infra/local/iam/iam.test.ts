import { describe, expect, it } from 'vitest';
import { createIam, type Denial, denialLine } from './iam.ts';
import { needsOf } from './needs/index.ts';

const place = { project: 'acme', region: 'here' };
const secret = (id: string): string => `projects/acme/secrets/${id}/versions/1`;

describe('the local IAM', () => {
  it('lets nobody in particular do everything, and a function what is granted', () => {
    const { authorize } = createIam(place);
    for (const method of Object.keys(needsOf)) authorize(undefined, method, {});
    authorize('tick', 'Jobs.ListJobs', {});
    expect(() => authorize('webhook', 'Jobs.ListJobs', {})).toThrow(
      "Permission 'run.jobs.list' denied on resource 'projects/acme' (or resource may not exist).",
    );
  });

  it('lets a function read the credentials that it needs, and no others', () => {
    const { authorize } = createIam(place);
    const reads = (caller: string, id: string) => () =>
      authorize(caller, 'SecretManagerService.AccessSecretVersion', { name: secret(id) });
    reads('webhook', 'drover-cred-github_webhook_secret-default')();
    reads('control', 'drover-cred-gateway_api_key-default')();
    reads('dispatch', 'drover-cred-github_token-default')();
    for (const [caller, id] of [
      ['webhook', 'drover-cred-github_token-default'],
      ['webhook', 'drover-cred-gateway_api_key-default'],
      ['control', 'drover-cred-github_token-default'],
      ['gateway', 'drover-cred-gateway_api_key-default'],
      ['dispatch', 'drover-run-triage_abcdefgh-1'],
    ] as const) {
      expect(reads(caller, id), `${caller} ${id}`).toThrow('denied for resource');
    }
  });

  it('gives agents their identities, and keeps those that it has given', () => {
    const iam = createIam(place);
    const start = () =>
      iam.authorize('dispatch', 'Jobs.CreateJob', {
        job: {
          template: {
            template: { serviceAccount: 'drover-a-triage@acme.iam.gserviceaccount.com' },
          },
        },
      });
    expect(start).toThrow('actAs');
    iam.provision([{ agent: 'triage', homeSecrets: [] }]);
    start();
    iam.provision([{ agent: 'dev', homeSecrets: [] }]);
    start();
  });

  it('tells a person of each denial once, and keeps them all', () => {
    const told: Denial[] = [];
    const iam = createIam({ ...place, denied: (denial) => void told.push(denial) });
    for (const _ of [1, 2, 3]) {
      expect(() => iam.authorize('logs', 'Jobs.ListJobs', {})).toThrow();
    }
    expect(iam.denials()).toHaveLength(3);
    expect(told.map(denialLine)).toEqual([
      'denied: drover-logs@acme.iam.gserviceaccount.com lacks run.jobs.list on projects/acme (Jobs.ListJobs)',
    ]);
  });
});
