import { describe, expect, it } from 'vitest';
import { GoogleRefusal, type RefusalCode } from '../gcloud/google.ts';
import { refusalOfApi, refusalOfGcloud } from '../gcloud/refusals.ts';
import { persist } from './persist.ts';

function refusal(code: RefusalCode, message = code as string, service?: string): GoogleRefusal {
  return new GoogleRefusal(code, message, { command: 'gcloud x', service });
}

/** Persists in work that is refused in these ways before it succeeds, and tells how long it waited each time. */
async function waits(...refusals: readonly Error[]): Promise<number[]> {
  const slept: number[] = [];
  const left = [...refusals];
  await persist(
    {
      sleep: async (ms) => {
        slept.push(ms);
      },
    },
    async () => {
      const next = left.shift();
      if (next) throw next;
    },
  );
  return slept;
}

describe('work that is refused', () => {
  it('is done again, later each time, when Google was not available', async () => {
    const unavailable = refusal('unavailable');
    expect(await waits(unavailable, unavailable, unavailable)).toEqual([1_000, 2_000, 4_000]);
  });

  it('is given up when it is not available for long', async () => {
    const refused = Array.from({ length: 6 }, () => refusal('unavailable', 'the last word'));
    await expect(waits(...refused)).rejects.toThrow('the last word');
  });

  it('waits for a change of the indexes of Firestore that is under way, however long it takes', async () => {
    const stderr =
      'ERROR: (gcloud.firestore.indexes.composite.create) ABORTED: Another change is in progress.';
    const busy = refusalOfGcloud(stderr, 'gcloud firestore indexes composite create');
    const waited = await waits(...Array.from({ length: 12 }, () => busy));
    expect(waited.reduce((one, other) => one + other)).toBe(120_000);
    const body = '{"error":{"status":"ABORTED","message":"Another change is in progress."}}';
    const field = 'PATCH https://firestore.googleapis.com/v1/projects/p/databases/(default)/x';
    expect(await waits(refusalOfApi(409, body, field))).toEqual([10_000]);
    const changed = '{"error":{"code":409,"message":"Please retry, underlying data changed"}}';
    expect(await waits(refusalOfApi(409, changed, field))).toEqual([10_000]);
  });

  it('waits for a quota of a minute', async () => {
    const [first = 0] = await waits(refusal('resource_exhausted'));
    expect(first).toBeGreaterThanOrEqual(20_000);
  });

  it('waits for a service that was enabled just now, and for an account that was made just now', async () => {
    expect(await waits(refusal('failed_precondition', 'off', 'run.googleapis.com'))).toHaveLength(
      1,
    );
    const unknown =
      'INVALID_ARGUMENT: Service account drover-tick@acme.iam.gserviceaccount.com does not exist.';
    expect(await waits(refusal('invalid', unknown))).toHaveLength(1);
    const acting =
      "Permission 'iam.serviceaccounts.actAs' denied on service account drover-pubsub@acme.iam.gserviceaccount.com (or it may not exist).";
    expect(await waits(refusal('permission_denied', acting))).toHaveLength(1);
  });

  it('waits for a log-based metric that Cloud Monitoring does not know yet, as long as Google says it may take', async () => {
    const message =
      'Cannot find metric(s) that match type = "logging.googleapis.com/user/drover-errors". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.';
    const body = JSON.stringify({ error: { code: 404, message, status: 'NOT_FOUND' } });
    const unknown = refusalOfApi(404, body, 'POST https://monitoring.googleapis.com/v3/x');
    const waited = await waits(...Array.from({ length: 30 }, () => unknown));
    expect(waited.reduce((one, other) => one + other)).toBe(600_000);
  });

  it('takes its turn where Cloud Monitoring changes one thing of a project at a time', async () => {
    const message = 'Too many concurrent edits to the project configuration. Please try again.';
    const body = JSON.stringify({ error: { code: 409, message, status: 'ABORTED' } });
    const busy = refusalOfApi(409, body, 'POST https://monitoring.googleapis.com/v3/x');
    expect(await waits(...Array.from({ length: 10 }, () => busy))).toHaveLength(10);
  });

  it.each([
    'not_found',
    'already_exists',
    'permission_denied',
    'invalid',
    'unauthenticated',
  ] as const)('is not done again when it is refused as %s', async (code) => {
    await expect(waits(refusal(code))).rejects.toMatchObject({ code });
  });

  it('is not done again when it is no refusal', async () => {
    await expect(waits(new Error('a bug'))).rejects.toThrow('a bug');
  });
});
