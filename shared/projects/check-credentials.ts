import { credentialId, parseReference } from '../credentials/reference.ts';
import { builtinType, builtinTypes, type OwnCredentialTypes } from '../credentials/types.ts';
import { type Assignment, assignVariables, collisionsOf } from '../credentials/variables.ts';
import { type Located, type Report, valueAt } from './located.ts';
import { nearest } from './nearest.ts';

/**
 * Looks at an agent's `credentials` together with the types that its project declares. A type that nobody declares is no
 * problem, as in Action Llama: its files are there, and no variable. Variables that two credentials would set are one.
 *
 * @param credentials Everything that its runs get, in the order that decides who has the plain names.
 */
export function checkCredentials(
  agent: Located,
  credentials: readonly string[],
  own: OwnCredentialTypes,
  report: Report,
  warn: Report,
): void {
  const listed = valueAt(agent, ['credentials'])?.content;
  const places = new Map<string, { index: number; type: string }>();
  for (const [index, { content }] of (Array.isArray(listed) ? listed : []).entries()) {
    const reference = parseReference(String(content));
    if (!reference || places.has(credentialId(reference))) continue;
    places.set(credentialId(reference), { index, type: reference.type });
  }
  for (const { index, type } of places.values()) {
    if (builtinType(type) || Object.hasOwn(own, type)) continue;
    const meant = nearest(type, [...Object.keys(builtinTypes), ...Object.keys(own)]);
    const question = meant === undefined ? '' : `; did you mean ${meant}?`;
    const message = `the type ${type} is neither built in nor declared: its files are there, and it sets no variable${question}`;
    warn(
      ['credentials', index],
      `${message}${meant === undefined ? ';' : ''} [credentials.${type}] in config.toml would declare it`,
    );
  }

  const assignments = assignVariables(
    credentials.flatMap((text) => parseReference(text) ?? []),
    own,
  );
  for (const [name, setters] of collisionsOf(assignments)) {
    const last = Math.max(...setters.map((each) => places.get(credentialId(each))?.index ?? 0));
    const message = `${name} would be set by ${named(setters)}; name an instance or a variable otherwise`;
    report(['credentials', last], message);
  }
  for (const { name, ...setter } of assignments) {
    if (!valueAt(agent, ['env', name])) continue;
    warn(['env', name], `the credential ${named([setter])} sets it instead`);
  }
}

/** Setters of one variable that are named, at most: more make no clearer what to do. */
const mostNamed = 3;

function named(setters: readonly Pick<Assignment, 'type' | 'instance' | 'field'>[]): string {
  const names = setters
    .slice(0, mostNamed)
    .map(({ type, instance, field }) => `${type}:${instance} (${field})`);
  if (setters.length > mostNamed) names.push(`${setters.length - mostNamed} more`);
  return names.join(' and ');
}
