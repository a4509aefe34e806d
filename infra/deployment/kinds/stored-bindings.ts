import type { FoundResource } from '../kind.ts';
import { isOurAccount } from '../names.ts';
import type { BoundTo, Deployment } from '../resource.ts';
import { type StoredBinding, shortRole } from './binding-names.ts';
import { textAt, valueAt } from './found.ts';

/** Members that are everybody, which nothing of ours grants but a binding of the list. */
const everybody: readonly string[] = ['allUsers', 'allAuthenticatedUsers'];

/** The bindings of a policy, one a member. `writers`: sinks of ours by the identity that Google gave them. */
export function storedBindings(
  deployment: Deployment,
  on: BoundTo,
  bindings: readonly FoundResource[],
  writers: ReadonlyMap<string, string>,
): StoredBinding[] {
  const account = new RegExp(
    `^(?:deleted:)?serviceAccount:([^@]*)@${deployment.project}\\.iam\\.gserviceaccount\\.com(?:\\?uid=\\d+)?$`,
  );
  return bindings.flatMap((binding) => {
    const fullRole = textAt(binding, 'role');
    const members = valueAt(binding, 'members');
    const expression = textAt(binding, 'condition', 'expression');
    const description = textAt(binding, 'condition', 'description');
    const condition =
      expression === ''
        ? null
        : {
            title: textAt(binding, 'condition', 'title'),
            expression,
            ...(description !== '' && { description }),
          };
    return (Array.isArray(members) ? members.map(String) : []).map((who): StoredBinding => {
      const isOpen = everybody.includes(who) && on.kind !== 'project';
      return {
        on,
        role: shortRole(deployment, fullRole),
        fullRole,
        member: writers.get(who) ?? who,
        who,
        condition,
        isOurs: isOurAccount(account.exec(who)?.[1] ?? '') || writers.has(who) || isOpen,
      };
    });
  });
}
