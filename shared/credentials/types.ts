import { agentTypes } from './agent-types.ts';
import { controlTypes, modelTypes, notificationTypes, webhookTypes } from './service-types.ts';

/** A kind of credential that Drover knows: Action Llama's, and those of our own. */
export interface CredentialType {
  /** Who works with it: an agent's programs, the coding agent that talks to a model, the check of webhooks, the control API, what tells people. */
  use: 'agent' | 'model' | 'webhook' | 'control' | 'notification';
  /** What it is, as part of a sentence. */
  about: string;
  /** Where one gets it: a sentence. */
  help: string;
  fields: { readonly [field: string]: CredentialField };
  /** What is set up in the container beside variables. Only for the instance that has the plain names. */
  setup?: 'git_https' | 'git_ssh';
  /** What an agent is told to do with it: sentences. */
  agentContext?: string;
}

/** One value of a credential, in the container the file `<type>/<instance>/<field>`. */
export interface CredentialField {
  about: string;
  /** Variables that hold the value. */
  env?: readonly string[];
  /** Variables that hold the path of its file. */
  path?: readonly string[];
}

/** What a container must know of a type to set its variables, by field. */
export interface CredentialVariables {
  env: { readonly [field: string]: readonly string[] };
  paths?: { readonly [field: string]: readonly string[] };
  setup?: 'git_https' | 'git_ssh';
}

/** A type that a project declares (`[credentials.<type>]`), as a release holds it. */
export type OwnCredentialType = {
  description: string;
  fields: string[];
  /** Names of variables by field. */
  env: { [field: string]: string[] };
};

/** Types by their name. */
export type OwnCredentialTypes = { [type: string]: OwnCredentialType };

/** Every built-in type by its name. */
export const builtinTypes: { readonly [type: string]: CredentialType } = {
  ...agentTypes,
  ...modelTypes,
  ...webhookTypes,
  ...controlTypes,
  ...notificationTypes,
};

/** The built-in type of this name, if there is one: a name may be any text, `constructor` as well. */
export function builtinType(name: string): CredentialType | undefined {
  return Object.hasOwn(builtinTypes, name) ? builtinTypes[name] : undefined;
}

/** What a container must know of a built-in type. */
export function variablesOf({ fields, setup }: CredentialType): CredentialVariables {
  const named = (kind: 'env' | 'path'): { [field: string]: readonly string[] } =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([field, { [kind]: names }]) =>
        names ? [[field, names]] : [],
      ),
    );
  const paths = named('path');
  return {
    env: named('env'),
    ...(Object.keys(paths).length > 0 && { paths }),
    ...(setup && { setup }),
  };
}
