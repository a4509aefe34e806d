import { describe, expect, it } from 'vitest';
import type { SchedulerJob } from '../resource.ts';
import { schedulerJobKind as kind } from './scheduler-job.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: SchedulerJob = {
  kind: 'scheduler-job',
  id: 'drover-tick',
  why: 'Calls `tick` each minute.',
  schedule: '* * * * *',
  url: 'https://tick.test/drover-tick',
  audience: 'https://tick.test/drover-tick',
  serviceAccount: 'drover-scheduler@a.test',
  deadlineSeconds: 180,
  needs: [],
};
const found = {
  name: 'projects/acme-drover/locations/europe-west1/jobs/drover-tick',
  schedule: '* * * * *',
  timeZone: 'Etc/UTC',
  attemptDeadline: '180s',
  state: 'ENABLED',
  retryConfig: { maxBackoffDuration: '3600s', maxDoublings: 5, minBackoffDuration: '5s' },
  httpTarget: {
    uri: wanted.url,
    httpMethod: 'POST',
    headers: { 'User-Agent': 'Google-Cloud-Scheduler' },
    oidcToken: { serviceAccountEmail: wanted.serviceAccount, audience: wanted.audience },
  },
};

describe('a scheduler job', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('is as it should be, too, where Google has added the path that its URL lacks', () => {
    const url = 'https://drover-tick-1.europe-west1.run.app';
    const httpTarget = { ...found.httpTarget, uri: `${url}/` };
    expect(kind.compare(deployment, { ...wanted, url }, { ...found, httpTarget })).toEqual([]);
  });

  it('that was paused, or calls in another time zone, is set and resumed', () => {
    const other = { ...found, state: 'PAUSED', timeZone: 'Europe/Berlin' };
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'timeZone: Europe/Berlin > Etc/UTC',
      'state: PAUSED > ENABLED',
    ]);
    expect(kind.update(deployment, wanted, other)?.map(typed)).toEqual([
      expect.stringContaining('--schedule=* * * * * --time-zone=Etc/UTC'),
      'gcloud scheduler jobs resume drover-tick --location=europe-west1',
    ]);
  });
});
