import { describe, expect, it } from 'vitest';
import type { Binding, Resource } from '../../deployment/resource.ts';
import { grantsOf, policyOf } from './policy.ts';

const member = 'serviceAccount:me@acme.iam.gserviceaccount.com';

function binding(role: string, rest: Partial<Binding>): Binding {
  return {
    kind: 'binding',
    id: 'b',
    why: 'Tests.',
    needs: [],
    on: { kind: 'project' },
    role,
    member,
    condition: null,
    ...rest,
  };
}

const reader: Resource = {
  kind: 'role',
  id: 'reader',
  title: 'Reader',
  why: 'Tests.',
  needs: [],
  permissions: ['secretmanager.versions.access'],
};
const read = 'secretmanager.versions.access';
const policy = (...bindings: Binding[]) =>
  policyOf({ projectNumber: '1' }, grantsOf([reader, ...bindings]));
const secret = (id: string) => ({ kind: 'secret', id, version: '1' }) as const;

describe('a policy', () => {
  it('gives what is bound on the project for everything in it', () => {
    const { allows } = policy(binding('reader', {}));
    expect(allows(member, read, secret('a'))).toBe(true);
    expect(allows(member, read, { kind: 'project' })).toBe(true);
    expect(allows(member, 'secretmanager.secrets.delete', secret('a'))).toBe(false);
    expect(allows('serviceAccount:you@acme.iam.gserviceaccount.com', read, secret('a'))).toBe(
      false,
    );
  });

  it('gives what is bound on one thing for that alone', () => {
    const { allows } = policy(binding('reader', { on: { kind: 'queue', id: 'a' } }));
    expect(allows(member, read, { kind: 'queue', id: 'a' })).toBe(true);
    expect(allows(member, read, { kind: 'queue', id: 'ab' })).toBe(false);
    expect(allows(member, read, { kind: 'topic', id: 'a' })).toBe(false);
    expect(allows(member, read, secret('a'))).toBe(false);
    expect(allows(member, read, { kind: 'project' })).toBe(false);
  });

  it("holds to a condition on the resource's name, which has the project's number", () => {
    const condition = {
      title: 'a',
      expression: 'resource.name.startsWith("projects/1/secrets/a_")',
    };
    const { allows } = policy(binding('reader', { condition }));
    expect(allows(member, read, secret('a_1'))).toBe(true);
    expect(allows(member, read, secret('b_1'))).toBe(false);
    expect(allows(member, read, { kind: 'project' })).toBe(false);
  });

  it('gives each what everybody has', () => {
    const open = binding('roles/run.invoker', {
      on: { kind: 'function', id: 'f' },
      member: 'allUsers',
    });
    const { allows } = policy(open);
    expect(allows(member, 'run.routes.invoke', { kind: 'function', id: 'f' })).toBe(true);
    expect(allows('allUsers', 'run.routes.invoke', { kind: 'function', id: 'g' })).toBe(false);
  });

  it('gives nothing by a role of ours that is not there', () => {
    expect(() => policy(binding('writer', {}))).toThrow('there is no role writer');
  });
});
