import { describe, expect, it } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { preflight } from './preflight.ts';

const place = { project: 'acme-drover' };

/** Google that answers about billing and about permissions, or refuses to. */
function google({
  billing = { billingEnabled: true },
  permissions,
}: {
  billing?: unknown;
  permissions?: (asked: readonly string[]) => readonly string[];
}): Google {
  const refuse = (): never => {
    throw new GoogleRefusal('permission_denied', 'no', { command: 'x' });
  };
  return {
    gcloud: async () => (billing === null ? refuse() : billing),
    api: async (_, __, body) => {
      const asked = (body as { permissions: readonly string[] }).permissions;
      return permissions ? { permissions: permissions(asked) } : refuse();
    },
  };
}

describe('what is looked at before anything is changed', () => {
  it('is well when the project is billed and everything is allowed', async () => {
    await preflight(google({ permissions: (asked) => asked }), place, ['queue', 'binding']);
  });

  it('names each permission that lacks', async () => {
    const all = google({
      permissions: (asked) => asked.filter((each) => !each.startsWith('iam.')),
    });
    const looking = preflight(all, place, ['role', 'service-account', 'queue']);
    await expect(looking).rejects.toMatchObject({
      code: 'PERMISSION_MISSING',
      details: ['iam.roles.create', 'iam.serviceAccounts.create'],
    });
  });

  it('asks only for what the kinds need', async () => {
    let seen: readonly string[] = [];
    await preflight(
      google({
        permissions: (asked) => {
          seen = asked;
          return asked;
        },
      }),
      place,
      ['topic'],
    );
    expect(seen).toContain('pubsub.topics.create');
    expect(seen.filter((each) => each.startsWith('iam.'))).toEqual([]);
  });

  it('tells a project that nobody pays for', async () => {
    const unpaid = google({ billing: { billingEnabled: false }, permissions: (asked) => asked });
    await expect(preflight(unpaid, place, ['topic'])).rejects.toMatchObject({
      code: 'BILLING_OFF',
    });
  });

  it('lets whoever may not even ask go on: the step that needs it says so', async () => {
    await preflight(google({ billing: null }), place, ['topic']);
  });

  it('asks of everything that has a policy whether that may be changed, and whether ours may be acted as', async () => {
    const most = google({
      permissions: (asked) => asked.filter((each) => !/setIamPolicy|actAs/.test(each)),
    });
    const looking = preflight(most, place, ['binding', 'subscription']);
    await expect(looking).rejects.toMatchObject({
      details: expect.arrayContaining([
        'artifactregistry.repositories.setIamPolicy',
        'pubsub.subscriptions.setIamPolicy',
        'iam.serviceAccounts.actAs',
      ]),
    });
  });
});
