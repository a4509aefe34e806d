import { credentialId, parseReference } from './reference.ts';
import { builtinType, type OwnCredentialTypes } from './types.ts';
import { type Assignment, assignVariables } from './variables.ts';

/**
 * What an agent is told of its credentials: a line each, with where it is, never what it is. Keys of models are left out: the
 * coding agent has them, and the agent no use for them.
 */
export function agentContext(
  credentials: readonly string[],
  own: OwnCredentialTypes = {},
): string[] {
  const references = credentials.flatMap((text) => parseReference(text) ?? []);
  const assignments = new Map<string, Assignment[]>();
  for (const each of assignVariables(references, own)) {
    const known = assignments.get(credentialId(each));
    if (known) known.push(each);
    else assignments.set(credentialId(each), [each]);
  }
  return references.flatMap(({ type, instance }) => {
    const builtin = builtinType(type);
    if (builtin?.use === 'model') return [];
    const declared = Object.hasOwn(own, type) ? own[type] : undefined;
    const about = builtin?.about ?? declared?.description ?? '';
    const fields = builtin ? Object.keys(builtin.fields) : (declared?.fields ?? []);
    const mine = assignments.get(credentialId({ type, instance })) ?? [];
    const parts = [
      about === '' ? 'a credential.' : about.replaceAll(/\s+/g, ' ').trim().replace(/\.?$/, '.'),
      ...places(fields, mine),
      // The programs that find a credential by themselves look under the plain names.
      ...(builtin?.agentContext && isPlain(mine, type, own) ? [builtin.agentContext] : []),
    ];
    return [`- ${type}:${instance}: ${parts.join(' ')}`];
  });
}

function places(fields: readonly string[], mine: readonly Assignment[]): string[] {
  const variables = mine.flatMap(({ kind, name }) => (kind === 'env' ? [`$${name}`] : []));
  const paths = mine.flatMap(({ kind, name }) => (kind === 'path' ? [`$${name}`] : []));
  return [
    ...(variables.length > 0 ? [`In ${variables.join(', ')}.`] : []),
    ...(paths.length > 0 ? [`Path of its file in ${paths.join(', ')}.`] : []),
    ...(fields.length > 0 ? [`Files: ${fields.join(', ')}.`] : []),
  ];
}

/** Whether these are the plain names of the type, which is so for a type without any as well. */
function isPlain(mine: readonly Assignment[], type: string, own: OwnCredentialTypes): boolean {
  const plain = assignVariables([{ type, instance: 'default' }], own);
  return plain.every(({ name }) => mine.some((each) => each.name === name));
}
