import { describe, expect, it } from 'vitest';
import { withAnswers } from '../answers.ts';
import type { FoundResource } from '../kind.ts';
import type { Binding } from '../resource.ts';
import { bindingKind as kind } from './binding.ts';
import { deployment, told, typed } from './test-kind.ts';

const account = (id: string): string => `serviceAccount:${id}@acme-drover.iam.gserviceaccount.com`;
const binding = (more: Partial<Binding>): Binding => {
  const whole = {
    on: { kind: 'project' as const },
    role: 'droverReadSecret',
    member: account('drover-a-dev'),
    condition: null,
    ...more,
  };
  const id = `${whole.role} on ${whole.on.kind} for ${whole.member}`;
  return { kind: 'binding', id, why: '', needs: [], ...whole };
};
const condition = { title: 'secrets', expression: 'resource.name.startsWith("a")' };
const read = (wanted: readonly Binding[], ...answers: unknown[]): Map<string, FoundResource> =>
  kind.read(deployment, wanted, answers);
const role = 'projects/acme-drover/roles/droverReadSecret';

describe('a binding', () => {
  const wanted = binding({ condition });

  it('is found among the members of its role, with its condition', () => {
    const policy = {
      bindings: [
        { role: 'roles/owner', members: ['user:o@acme.test'] },
        { role, members: [account('drover-a-dev'), 'user:o@acme.test'], condition },
      ],
    };
    const found = read([wanted], policy);
    expect([...found.keys()]).toEqual([wanted.id]);
    expect(kind.compare(deployment, wanted, found.get(wanted.id) ?? {})).toEqual([]);
  });

  it('with another condition is replaced, the new one first', () => {
    const other = { title: 'secrets', expression: 'true' };
    const policy = { bindings: [{ role, members: [account('drover-a-dev')], condition: other }] };
    const found = read([wanted], policy).get(wanted.id) ?? {};
    expect(told(kind.compare(deployment, wanted, found))).toEqual([
      `condition: true > ${condition.expression}`,
    ]);
    const [first, second] = kind.update(deployment, wanted, found) ?? [];
    expect(first).toMatchObject({
      files: { '--condition-from-file': JSON.stringify(condition, null, 2) },
    });
    expect(second).toMatchObject({
      files: { '--condition-from-file': JSON.stringify(other, null, 2) },
    });
    expect(second && typed(second)).toMatch(
      /^gcloud projects remove-iam-policy-binding acme-drover/,
    );
  });

  it('for a service of Google makes the identity of the service first, which nothing may have made yet', () => {
    const member = 'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com';
    const [first, second] = kind.create(deployment, binding({ member })).map(typed);
    expect(first).toBe(
      'POST https://serviceusage.googleapis.com/v1beta1/projects/123456789012/services/pubsub.googleapis.com:generateServiceIdentity',
    );
    expect(second).toContain(`--member=${member}`);
  });

  it('found twice, once with each condition, is one that is wanted and one that is not', () => {
    const other = { title: 'all', expression: 'true' };
    const policies = [other, condition].map((each) => ({
      role,
      members: [account('drover-a-dev')],
      condition: each,
    }));
    for (const bindings of [policies, [...policies].reverse()]) {
      const found = read([wanted], { bindings });
      expect([...found.keys()].sort()).toEqual([wanted.id, `${wanted.id} if true`]);
      expect(found.get(wanted.id)).toMatchObject({ condition });
    }
  });

  it('found also without its condition loses only that', () => {
    const members = [account('drover-a-dev')];
    const policies = [
      { role, members, condition },
      { role, members },
    ];
    for (const bindings of [policies, [...policies].reverse()]) {
      const found = read([wanted], { bindings });
      expect([...found.keys()].sort()).toEqual([wanted.id, `${wanted.id} always`]);
      expect(found.get(`${wanted.id} always`)).toMatchObject({ condition: null });
    }
  });

  it('of an account of ours that is gone, or of everybody, is found without being wanted', () => {
    const tick = { kind: 'function' as const, id: 'drover-tick' };
    const gone = `deleted:${account('drover-a-gone')}?uid=117`;
    const wantedHere = binding({
      on: tick,
      role: 'roles/run.invoker',
      member: account('drover-x'),
    });
    const policy = {
      bindings: [{ role: 'roles/run.invoker', members: ['allUsers', gone, 'user:o@acme.test'] }],
    };
    const found = read([wantedHere], policy);
    expect([...found.keys()]).toEqual([
      'roles/run.invoker on function/drover-tick for allUsers',
      `roles/run.invoker on function/drover-tick for ${gone}`,
    ]);
    const commands = [...found].flatMap(([id, each]) => kind.remove(deployment, id, each));
    expect(commands.map(typed)).toEqual(
      ['allUsers', gone].map(
        (who) =>
          'gcloud run services remove-iam-policy-binding drover-tick --region=europe-west1 ' +
          `--member=${who} --role=roles/run.invoker --condition=None`,
      ),
    );
  });

  it('of an account that only is called after Drover is left alone', () => {
    const policy = { bindings: [{ role: 'roles/owner', members: [account('drover-ci')] }] };
    expect(read([wanted], policy).size).toBe(0);
  });

  it('of a sink is one of the identity that Google gave it', () => {
    const on = { kind: 'topic' as const, id: 'drover-logs' };
    const ofSink = binding({ on, role: 'roles/pubsub.publisher', member: 'sink:drover-logs' });
    const writerIdentity = 'serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com';
    expect(kind.list(deployment, [ofSink]).map(typed)).toEqual([
      'gcloud logging sinks describe drover-logs',
      'gcloud pubsub topics get-iam-policy drover-logs',
    ]);
    const policy = { bindings: [{ role: 'roles/pubsub.publisher', members: [writerIdentity] }] };
    const found = read([ofSink], { writerIdentity }, policy).get(ofSink.id);
    expect(found && kind.compare(deployment, ofSink, found)).toEqual([]);
    expect(found && kind.remove(deployment, ofSink.id, found).map(typed)).toEqual([
      `gcloud pubsub topics remove-iam-policy-binding drover-logs --member=${writerIdentity} --role=roles/pubsub.publisher`,
    ]);
    const [, add] = kind.create(deployment, ofSink);
    expect(add && typed(withAnswers(add, [{ writerIdentity }]) ?? add)).toBe(
      `gcloud pubsub topics add-iam-policy-binding drover-logs --member=${writerIdentity} --role=roles/pubsub.publisher`,
    );
  });

  it('is asked for once a thing, and nothing is found on what is not there', () => {
    const onQueue = (member: string) =>
      binding({ on: { kind: 'queue', id: 'drover-poll' }, role: 'droverWake', member });
    const two = [onQueue(account('drover-tick')), onQueue(account('drover-poll'))];
    expect(kind.list(deployment, two).map(typed)).toEqual([
      'gcloud tasks queues get-iam-policy drover-poll --location=europe-west1',
    ]);
    expect(read(two, undefined).size).toBe(0);
  });
});
