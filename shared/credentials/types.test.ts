import { describe, expect, it } from 'vitest';
import { providers } from '../webhooks/providers.ts';
import { isFieldName, parseReference } from './reference.ts';
import { builtinType, builtinTypes, type CredentialType, variablesOf } from './types.ts';

const all = Object.entries(builtinTypes);
const variables = ({ fields }: CredentialType): string[] =>
  Object.values(fields).flatMap(({ env = [], path = [] }) => [...env, ...path]);

describe('the built-in types of credentials', () => {
  it('are the 32 of Action Llama, and three of our own', () => {
    expect(all).toHaveLength(35);
    expect(all.filter(([, { use }]) => use === 'agent')).toHaveLength(19);
    expect(all.filter(([, { use }]) => use === 'model')).toHaveLength(8);
    expect(builtinType('generic_webhook_secret')).toBeDefined();
    expect(builtinType('gateway_api_key')).toBeDefined();
    expect(builtinType('slack_webhook')).toBeDefined();
  });

  it.each(all)('%s can be a secret, and says what it is and where it comes from', (name, type) => {
    expect(parseReference(name)).toEqual({ type: name, instance: 'default' });
    expect(Object.keys(type.fields).every(isFieldName)).toBe(true);
    expect(type.about).toMatch(/^[^.]{5,}[^.]$/);
    expect(type.help).toMatch(/.{10,}\.$/);
    for (const { about } of Object.values(type.fields)) expect(about).toMatch(/[^.]$/);
  });

  it.each(all)('%s is told of and set only if agents work with it', (_, type) => {
    const isForAgents = type.use === 'agent';
    expect(type.agentContext !== undefined).toBe(isForAgents);
    if (!isForAgents) expect(variablesOf(type)).toEqual({ env: {} });
  });

  it('share no variable', () => {
    const names = all.flatMap(([, type]) => variables(type));
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^[A-Z][A-Z0-9_]+$/.test(name))).toBe(true);
  });

  it('are those that the providers of webhooks look for, with their fields', () => {
    for (const { secret } of providers) {
      if (secret) expect(builtinType(secret.type)?.fields).toHaveProperty(secret.field);
    }
  });

  it('are not what every object has', () => {
    expect(builtinType('constructor')).toBeUndefined();
  });
});
