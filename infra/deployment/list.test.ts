import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../local/repository.ts';
import { resourcesOf } from './list.ts';
import { inOrder } from './order.ts';
import { type Deployment, nameOf, type Resource } from './resource.ts';

const deployment: Deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '123456789012',
  agents: [
    { agent: 'triage', homeSecrets: [] },
    { agent: 'an-agent-with-a-name-as-long-as-sixty-three-characters-allow-us', homeSecrets: [] },
    { agent: 'dev', homeSecrets: ['drover-cred-github_token-default'] },
  ],
  operators: ['octavia@acme.test'],
  viewers: [],
};
const resources = resourcesOf(deployment);

function ofKind<K extends Resource['kind']>(kind: K): Extract<Resource, { kind: K }>[] {
  return resources.filter(
    (resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind,
  );
}

describe('the list of what a deployment has', () => {
  it('names everything once, and after what it needs', () => {
    const names = resources.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    const seen = new Set<string>();
    for (const resource of resources) {
      for (const need of resource.needs) expect(seen).toContain(need);
      seen.add(nameOf(resource));
    }
  });

  it('says of everything what Drover has it for', () => {
    for (const { why } of resources) expect(why).toMatch(/^[A-Z`].+\.$/);
  });

  it('keeps to the lengths that Google allows', () => {
    for (const { id } of ofKind('service-account'))
      expect(id).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
    for (const { id } of ofKind('role')) expect(id).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
    for (const { title } of ofKind('service-account'))
      expect(title.length).toBeLessThanOrEqual(100);
    for (const { condition } of ofKind('binding')) {
      expect(condition?.title.length ?? 0).toBeLessThanOrEqual(100);
    }
  });

  it('opens to everybody only what guards itself', () => {
    const open = ofKind('binding').filter(({ member }) => member === 'allUsers');
    expect(open.map(({ on }) => ('id' in on ? on.id : on.kind)).sort()).toEqual([
      'drover-control',
      'drover-gateway',
      'drover-webhook',
    ]);
    const internal = ofKind('function').filter(({ ingress }) => ingress === 'internal-only');
    expect(internal.map(({ name }) => name).sort()).toEqual(['dispatch', 'logs', 'poll', 'tick']);
  });

  it('has Google call what is closed to the internet at the address at which that counts as a call from inside', () => {
    const own = (name: string): string =>
      `https://drover-${name}-123456789012.${deployment.region}.run.app`;
    const [{ environment = {} } = {}] = ofKind('function');
    expect(environment).toMatchObject({
      DROVER_DISPATCH_URL: own('dispatch'),
      DROVER_POLL_URL: own('poll'),
      DROVER_TICK_URL: own('tick'),
      DROVER_LOGS_URL: own('logs'),
      DROVER_GATEWAY_URL: `https://${deployment.region}-${deployment.project}.cloudfunctions.net/drover-gateway`,
    });
    const [tick] = ofKind('scheduler-job');
    expect(tick).toMatchObject({ url: own('tick'), audience: own('tick') });
    const pushes = ofKind('subscription').flatMap(({ push }) => push ?? []);
    expect(pushes).toMatchObject([{ url: own('logs'), audience: own('logs') }]);
  });

  it('lets each agent read the secrets of its own runs only', () => {
    const [triage = ''] = ofKind('binding')
      .filter(({ role, member }) => role === 'droverReadSecret' && member.includes('triage'))
      .map(({ condition }) => condition?.expression ?? 'everything');
    expect(triage).toBe(
      'resource.name.startsWith("projects/123456789012/secrets/drover-run-triage_")',
    );
  });

  it('puts as many tests into a condition as Google allows, and names each binding once', () => {
    const homeSecrets = [...Array(30).keys()].map((at) => `drover-cred-token-${at}`);
    const bindings = resourcesOf({ ...deployment, agents: [{ agent: 'dev', homeSecrets }] }).filter(
      (resource) => resource.kind === 'binding',
    );
    const own = bindings.filter(({ role }) => role === 'droverReadSecret');
    const tests = own.map(({ condition }) => condition?.expression.split(' || ').length);
    expect(tests).toEqual([12, 12, 7]);
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  });

  it('has the indexes and the fields of the file that the local Firestore is held to', () => {
    const file = join(repositoryRoot(), 'infra/firestore/firestore.indexes.json');
    const { indexes, fieldOverrides } = JSON.parse(readFileSync(file, 'utf8')) as {
      indexes: { collectionGroup: string; fields: { fieldPath: string; order?: string }[] }[];
      fieldOverrides: { collectionGroup: string; fieldPath: string; ttl?: boolean }[];
    };
    const orders: { [is: string]: string } = { ascending: 'ASCENDING', descending: 'DESCENDING' };
    expect(
      ofKind('index').map(({ collection, fields }) => [
        collection,
        ...fields.map(({ path, is }) => `${path} ${orders[is] ?? 'contains'}`),
      ]),
    ).toEqual(
      indexes.map(({ collectionGroup, fields }) => [
        collectionGroup,
        ...fields.map(({ fieldPath, order }) => `${fieldPath} ${order ?? 'contains'}`),
      ]),
    );
    const overridden = ofKind('field').map(({ id, expires }) => `${id} ${expires}`);
    const inFile = fieldOverrides.map(
      ({ collectionGroup, fieldPath, ttl = false }) => `${collectionGroup}.${fieldPath} ${ttl}`,
    );
    expect(overridden.sort()).toEqual(inFile.sort());
  });
});

it('a resource that needs itself, or what is not there, is refused', () => {
  const topic = (id: string, needs: string[]): Resource => ({ kind: 'topic', id, why: '', needs });
  expect(() => inOrder([topic('a', ['topic/b'])])).toThrow('topic/a needs topic/b');
  expect(() => inOrder([topic('a', ['topic/b']), topic('b', ['topic/a'])])).toThrow('needs itself');
});
