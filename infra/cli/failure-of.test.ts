import { describe, expect, it } from 'vitest';
import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { GcloudMissing } from '../gcloud/google.ts';
import { refusalOfApi, refusalOfGcloud } from '../gcloud/refusals.ts';
import { Failure } from './errors.ts';
import { failureOf } from './failure-of.ts';

const command = 'gcloud x';

describe('what Google or gcloud refuse', () => {
  it.each([
    ['NOT_SIGNED_IN', 'ERROR: (gcloud.x) You do not currently have an active account selected.'],
    [
      'NOT_SIGNED_IN',
      'ERROR: (gcloud.x) There was a problem refreshing your current auth tokens: invalid_grant',
    ],
    [
      'POLICY_FORBIDS',
      'ERROR: (gcloud.x) FAILED_PRECONDITION: One or more users named in the policy do not belong to a permitted customer, perhaps due to an organization policy.',
    ],
    [
      'POLICY_FORBIDS',
      "ERROR: (gcloud.x) 'europe-west1' violates constraint constraints/gcp.resourceLocations",
    ],
    [
      'QUOTA_EXCEEDED',
      "ERROR: (gcloud.x) RESOURCE_EXHAUSTED: Quota exceeded for quota metric 'Write requests'",
    ],
    [
      'PERMISSION_MISSING',
      'ERROR: (gcloud.x) PERMISSION_DENIED: The caller does not have permission',
    ],
    [
      'BILLING_OFF',
      'ERROR: (gcloud.x) FAILED_PRECONDITION: Billing account for project is not found. Billing must be enabled',
    ],
    [
      'API_OFF',
      'ERROR: (gcloud.x) PERMISSION_DENIED: Cloud Run Admin API has not been used in project 1 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/run.googleapis.com/overview?project=1 then retry.',
    ],
    [
      'NAME_RESTING',
      'ERROR: (gcloud.tasks.queues.create) FAILED_PRECONDITION: The queue cannot be created because a queue with this name existed too recently.',
    ],
    [
      'NAME_RESTING',
      "ERROR: (gcloud.iam.roles.create) FAILED_PRECONDITION: You can't create a role with role_id (droverTick) where there is an existing role with that role_id in a deleted state.",
    ],
    ['GOOGLE_REFUSED', 'ERROR: (gcloud.x) INVALID_ARGUMENT: The request is invalid'],
  ])('is %s for %j', (code, stderr) => {
    const failure = failureOf(refusalOfGcloud(stderr, command));
    expect(failure.code).toBe(code);
    expect(failure.details.at(-1)).toBe('refused: gcloud x');
  });

  it('is GOOGLE_UNAVAILABLE when the network is not there, or Google has a fault', () => {
    expect(failureOf(refusalOfApi(503, '', command)).code).toBe('GOOGLE_UNAVAILABLE');
  });

  it('is NAME_RESTING for a role that Google does not bring back any more', () => {
    const stderr = 'ERROR: (gcloud.iam.roles.undelete) FAILED_PRECONDITION: It is too late.';
    const refused = refusalOfGcloud(stderr, 'gcloud iam roles undelete droverTick');
    expect(failureOf(refused).code).toBe('NAME_RESTING');
  });

  it('names the service that is off', () => {
    const body = JSON.stringify({
      error: {
        status: 'PERMISSION_DENIED',
        message: 'It is disabled',
        details: [{ reason: 'SERVICE_DISABLED', metadata: { service: 'run.googleapis.com' } }],
      },
    });
    const { code, message } = failureOf(refusalOfApi(403, body, command));
    expect([code, message]).toEqual([
      'API_OFF',
      'run.googleapis.com is not enabled in this project yet.',
    ]);
  });

  it('has the words of Google, cut where they go on and on', () => {
    const { details } = failureOf(
      refusalOfGcloud(`ERROR: (gcloud.x) ${'no '.repeat(2_000)}`, command),
    );
    expect(details[0]?.startsWith('no no no')).toBe(true);
    expect(details[0]?.length).toBeLessThan(1_600);
  });
});

describe('what else ends a command', () => {
  it('is GCLOUD_MISSING where there is none', () => {
    expect(failureOf(new GcloudMissing('gcloud', new Error('ENOENT'))).code).toBe('GCLOUD_MISSING');
  });

  it('is itself when it is a failure, and a bug with its stack otherwise', () => {
    const failure = new Failure('NOT_CONFIRMED');
    expect(failureOf(failure)).toBe(failure);
    const bug = failureOf(new TypeError('x is not a function'));
    expect([bug.code, bug.exitCode]).toEqual(['BUG', 1]);
    expect(bug.message).toContain('x is not a function');
    expect(bug.details.join('\n')).toContain('failure-of.test.ts');
    expect(failureOf('text').details).toEqual(['text']);
  });
});

describe('a release that this Drover cannot read', () => {
  it.each([
    ['newer', 'Use the newer Drover'],
    ['older', 'Check out the files'],
  ] as const)('is told with what to do, where a %s one made it', (readableBy, todo) => {
    const failure = failureOf(new UnreadableRelease('abc', 'Drover 9 made it', readableBy));
    expect(failure).toMatchObject({
      code: 'RELEASE_UNREADABLE',
      message: 'Release abc cannot be read: Drover 9 made it. Nothing was changed.',
      todo: expect.stringContaining(todo),
    });
  });
});
