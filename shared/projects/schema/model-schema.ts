import { z } from 'zod';
import { field, required } from './field.ts';
import { name } from './values.ts';

/** Providers that Action Llama's container knows, each with a credential `<provider>_key`. */
export const modelProviders = [
  'anthropic',
  'openai',
  'groq',
  'google',
  'xai',
  'mistral',
  'openrouter',
  'custom',
];

/** The provider of Google's models by the identity of the job itself: it has no key. */
export const vertex = 'vertex';

/** Every provider that a container can use. */
export const usableProviders = [...modelProviders, vertex];

/** `[models.<name>]` of the project. */
export const modelSchema = z.strictObject({
  provider: required(name, {
    description: `${usableProviders.map((provider) => `\`${provider}\``).join(', ')}; another one is noted. \`vertex\` is Vertex AI with the job’s own identity, without a key`,
  }),
  model: required(name, { description: 'The provider’s id of the model' }),
  authType: field(z.enum(['api_key', 'oauth_token', 'pi_auth']), {
    description:
      'How the container proves itself; `pi_auth` needs a person’s own login and is refused',
    default: 'api_key',
  }),
  harness: field(z.enum(['claude', 'gemini', 'codex', 'pi']), {
    description: 'The coding agent that works with it in the container',
    otherwise: 'the one that its provider made, else `pi`',
    origin: 'Drover',
  }),
  thinkingLevel: field(z.enum(['off', 'minimal', 'low', 'medium', 'high', 'xhigh']), {
    description: 'How long it may think; Anthropic only',
    otherwise: 'the provider’s',
  }),
  baseUrl: field(z.url({ protocol: /^https?$/ }), {
    description: 'Address of a `custom` provider',
    expects: 'an address that begins with https:// or http://',
  }),
});
