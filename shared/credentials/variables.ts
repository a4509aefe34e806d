import { type CredentialReference, credentialId } from './reference.ts';
import {
  builtinType,
  type CredentialVariables,
  type OwnCredentialTypes,
  variablesOf,
} from './types.ts';

/** What is set for one field of a credential: a variable, or git for GitHub over HTTPS, which has none of its own. */
export interface Assignment extends CredentialReference {
  field: string;
  kind: 'env' | 'path' | 'git_https' | 'git_ssh';
  /** The variable; `-`: none. */
  name: string;
}

/**
 * What the entry point of the agent image sets for these credentials (`lib/credentials.jq` there has the same rule).
 *
 * The plain names of a type go to its instance `default`, or else to the first one listed. Where an agent has several, each
 * but `default` has the names with its own at the end.
 */
export function assignVariables(
  references: readonly CredentialReference[],
  own: OwnCredentialTypes,
): Assignment[] {
  const wanted = [...new Map(references.map((each) => [credentialId(each), each])).values()];
  const byType = new Map<string, string[]>();
  for (const { type, instance } of wanted) {
    const known = byType.get(type);
    if (known) known.push(instance);
    else byType.set(type, [instance]);
  }
  const withDefault = new Set(
    wanted.flatMap(({ type, instance }) => (instance === 'default' ? [type] : [])),
  );
  return wanted.flatMap(({ type, instance }) => {
    const [first, ...others] = byType.get(type) ?? [];
    const plain = withDefault.has(type) ? 'default' : first;
    const isSuffixed = others.length > 0 && instance !== 'default';
    const ends = [...(instance === plain ? [''] : []), ...(isSuffixed ? [suffixOf(instance)] : [])];
    return ends.flatMap((end) =>
      named(variablesOfType(type, own), end).map((each) => ({ type, instance, ...each })),
    );
  });
}

/** `_MY_BOT` for `my-bot`. */
function suffixOf(instance: string): string {
  return `_${instance.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function variablesOfType(type: string, own: OwnCredentialTypes): CredentialVariables {
  const builtin = builtinType(type);
  if (builtin) return variablesOf(builtin);
  return (Object.hasOwn(own, type) ? own[type] : undefined) ?? { env: {} };
}

type Named = Omit<Assignment, keyof CredentialReference>;

function named({ env, paths = {}, setup }: CredentialVariables, end: string): Named[] {
  const all = (kind: 'env' | 'path', names: CredentialVariables['env']): Named[] =>
    Object.entries(names).flatMap(([field, each]) =>
      each.map((name) => ({ field, kind, name: `${name}${end}` })),
    );
  return [
    ...all('env', env),
    ...all('path', paths),
    ...(setup === 'git_ssh'
      ? [{ field: 'id_rsa', kind: 'git_ssh' as const, name: `GIT_SSH_COMMAND${end}` }]
      : []),
    ...(setup === 'git_https' && end === ''
      ? [{ field: 'token', kind: 'git_https' as const, name: '-' }]
      : []),
  ];
}

/** Variables that would be set twice, with the credentials that would: the container of such an agent ends with 13. */
export function collisionsOf(assignments: readonly Assignment[]): Map<string, Assignment[]> {
  const byName = new Map<string, Assignment[]>();
  for (const each of assignments) {
    if (each.name === '-') continue;
    const known = byName.get(each.name);
    if (known) known.push(each);
    else byName.set(each.name, [each]);
  }
  return new Map([...byName].filter(([, setters]) => setters.length > 1));
}
