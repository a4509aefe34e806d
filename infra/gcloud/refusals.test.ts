import { describe, expect, it } from 'vitest';
import { refusalOfApi, refusalOfGcloud } from './refusals.ts';

const off =
  'Cloud Tasks API has not been used in project 123 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/cloudtasks.googleapis.com/overview?project=123 then retry.';

describe('what gcloud prints when it was refused', () => {
  it.each([
    ['(gcloud.tasks.queues.describe) NOT_FOUND: Queue does not exist.', 'not_found'],
    ['(gcloud.tasks.queues.create) ALREADY_EXISTS: Queue already exists', 'already_exists'],
    [
      '(gcloud.run.services.get-iam-policy) PERMISSION_DENIED: Permission denied.',
      'permission_denied',
    ],
    [
      '(gcloud.projects.describe) [o@acme.test] does not have permission to access projects instance [x] (or it may not exist): The caller does not have permission',
      'permission_denied',
    ],
    [
      '(gcloud.iam.service-accounts.create) Resource in projects [x] is the subject of a conflict: Service account a already exists within project x.',
      'already_exists',
    ],
    [
      '(gcloud.pubsub.topics.create) ResponseError: status=[429], code=[Too Many Requests], message=[Quota exceeded]',
      'resource_exhausted',
    ],
    ['(gcloud.run.jobs.list) Status code: 503. Service Unavailable.', 'unavailable'],
    [
      '(gcloud.auth.print-access-token) You do not currently have an active account selected.',
      'unauthenticated',
    ],
    [
      '(gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: Reauthentication failed.',
      'unauthenticated',
    ],
    ['(gcloud.tasks.queues.create) unrecognized arguments: --bogus=1', 'invalid'],
    ['gcloud crashed (ConnectionError): Max retries exceeded with url', 'unavailable'],
    ['(gcloud.x) Something of which nobody has heard', 'unknown'],
  ])('%s', (printed, code) => {
    const refusal = refusalOfGcloud(`WARNING: something else\nERROR: ${printed}\n`, 'gcloud x');
    expect(refusal.code).toBe(code);
    expect(refusal.message).not.toMatch(/^ERROR|\(gcloud/);
  });

  it('names the service that is off, however it is told', () => {
    const ways = [
      `ERROR: (gcloud.tasks.queues.list) PERMISSION_DENIED: ${off}`,
      'API [cloudtasks.googleapis.com] not enabled on project [x]. Would you like to enable and retry?\nERROR: (gcloud.tasks.queues.list) API [cloudtasks.googleapis.com] not enabled on project [x].',
    ];
    for (const printed of ways) {
      expect(refusalOfGcloud(printed, 'x')).toMatchObject({
        code: 'failed_precondition',
        service: 'cloudtasks.googleapis.com',
      });
    }
  });

  it('begins with its own error, whatever a build has printed within it', () => {
    const printed =
      'Deploying...\nERROR: (gcloud.functions.deploy) OperationError: code=3, message=Build failed with status: FAILURE and message:\nERROR: failed to build: npm ci\nERROR: exit status 1';
    expect(refusalOfGcloud(printed, 'x').message).toMatch(/^OperationError: .*Build failed with/);
  });

  it('keeps the words of a refusal that says nothing', () => {
    expect(refusalOfGcloud('', 'x').message).toBe('gcloud ended without a word');
  });
});

describe('what an API answers when it refuses', () => {
  const answer = (status: string, message: string): string =>
    JSON.stringify({ error: { code: 400, status, message } });

  it('tells by its code, not by the HTTP status, which several share', () => {
    expect(refusalOfApi(409, answer('ABORTED', 'x'), 'c').code).toBe('unavailable');
    expect(refusalOfApi(409, answer('ALREADY_EXISTS', 'x'), 'c').code).toBe('already_exists');
    expect(refusalOfApi(400, answer('FAILED_PRECONDITION', 'x'), 'c').code).toBe(
      'failed_precondition',
    );
  });

  it('falls back on the HTTP status', () => {
    expect(refusalOfApi(404, '<html>', 'c')).toMatchObject({
      code: 'not_found',
      message: '<html>',
    });
    expect(refusalOfApi(502, '', 'c')).toMatchObject({ code: 'unavailable', message: 'HTTP 502' });
    expect(refusalOfApi(418, '', 'c').code).toBe('unknown');
  });

  it('knows a project without billing, and a service that is off', () => {
    const unpaid = answer('PERMISSION_DENIED', 'This API method requires billing to be enabled.');
    expect(refusalOfApi(403, unpaid, 'c').code).toBe('failed_precondition');
    expect(refusalOfApi(403, answer('PERMISSION_DENIED', off), 'c')).toMatchObject({
      code: 'failed_precondition',
      service: 'cloudtasks.googleapis.com',
    });
  });
});
