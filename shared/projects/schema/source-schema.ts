import { z } from 'zod';
import { parseReference } from '../../credentials/reference.ts';
import { providers } from '../../webhooks/providers.ts';
import { quoted } from '../quoted.ts';
import { field, required } from './field.ts';
import { checked, flag, text } from './values.ts';

/** Types of webhooks that are served. */
export const providerTypes: readonly string[] = providers.map(({ type }) => type);

/** For each credential that signs webhooks: the types that it signs for. */
const secretTypes = new Map<string, string[]>();
for (const { type, secret } of providers) {
  if (secret) secretTypes.set(secret.type, [...(secretTypes.get(secret.type) ?? []), type]);
}

/** An instance of a credential. */
const instance = checked(text, (found) =>
  parseReference(`secret:${found}`)
    ? undefined
    : `${quoted(found)} is not the name of an instance: letters, digits, - and _, at most 63`,
);
/** One instance, or those that are good at the same time. */
const instances = z.union([instance, z.array(instance).min(1).max(10)]);

const secrets = [...secretTypes].map(([type, signed]) => [
  type,
  field(instances, {
    description: `Of ${signed.map((provider) => `\`${provider}\``).join(', ')}: the instance of this credential that signs, or a list of those that may`,
    otherwise: '`default`',
    expects: 'the name of an instance, or a list of them',
  }),
]);

/** A pattern that is a choice of words is one of them, so that a slip of the pen is seen. */
function optionType(pattern: RegExp): z.ZodType<string> {
  const words = /^\^\(([\w|-]+)\)\$$/.exec(pattern.source)?.[1]?.split('|');
  return words ? z.enum(words) : z.string().regex(pattern);
}

const options = providers.flatMap(({ type, options }) =>
  Object.entries(options).map(([option, { about, pattern }]) => {
    const value = optionType(pattern);
    const expects = value instanceof z.ZodEnum ? {} : { expects: `a text like ${pattern.source}` };
    const description = `Of \`${type}\`: ${about}`;
    return [option, field(value, { description, origin: 'Drover', ...expects })];
  }),
);

const named: { [name: string]: z.ZodOptional<z.ZodType<string | string[]>> } = Object.fromEntries([
  ...secrets,
  ...options,
]);

/** `[webhooks.<source>]` of the project. What is not of its type is refused where the type is known. */
export const sourceSchema = z.strictObject({
  type: required(z.enum(providerTypes), { description: 'Who sends' }),
  allowUnsigned: field(flag, {
    description:
      'Takes requests that carry no signature; one that does carry one is checked all the same',
    default: false,
  }),
  credential: field(instance, {
    description: 'Instance of the credential that signs',
    instead: 'the name of the credential as the field, such as github_webhook_secret = "default"',
  }),
  ...named,
});

export type SourceConfig = z.infer<typeof sourceSchema>;
