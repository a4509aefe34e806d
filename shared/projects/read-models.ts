import { parseReference } from '../credentials/reference.ts';
import { type Located, type Report, valueAt } from './located.ts';
import { hint } from './nearest.ts';
import type { Model } from './project.ts';
import { quoted } from './quoted.ts';
import { tableOf } from './read-sources.ts';
import { modelProviders, usableProviders } from './schema/model-schema.ts';
import type { ProjectConfig } from './schema/project-schema.ts';

/** Reports models of the project that no container could use. */
export function checkModels(project: Located, report: Report, warn: Report): void {
  for (const [name, model] of tableOf(project, 'models')) {
    const path = ['models', name];
    const provider = valueAt(model, ['provider'])?.content;
    if (typeof provider === 'string' && provider !== '' && !usableProviders.includes(provider)) {
      const message = `${quoted(provider)} is no provider that a container knows`;
      warn([...path, 'provider'], `${message}${hint(provider, usableProviders, 'it knows')}`);
    }
    if (provider === 'custom' && !valueAt(model, ['baseUrl'])) {
      warn([...path, 'provider'], '"custom" needs a baseUrl');
    }
    if (valueAt(model, ['authType'])?.content === 'pi_auth') {
      const message = '"pi_auth" needs a person’s own login, which no container has';
      report([...path, 'authType'], `${message}; use "api_key" or "oauth_token"`);
    }
  }
}

/** Reports models of an agent that the project does not have. */
export function checkModelNames(agent: Located, project: Located, report: Report): void {
  const names = valueAt(agent, ['models'])?.content;
  if (!Array.isArray(names)) return;
  const known = [...tableOf(project, 'models').keys()];
  for (const [index, { content }] of names.entries()) {
    if (typeof content !== 'string' || content === '' || known.includes(content)) continue;
    const others = hint(content, known, 'it has');
    report(['models', index], `${quoted(content)} is not a model of the project${others}`);
  }
}

/** The models that an agent names, in its order. */
export function readModels(names: readonly string[], models: ProjectConfig['models']): Model[] {
  return names.flatMap((name): Model[] => {
    const model = models?.[name];
    if (!model) return [];
    const { provider, authType = 'api_key', harness, thinkingLevel, baseUrl } = model;
    return [
      {
        provider,
        model: model.model,
        authType,
        ...(harness !== undefined && { harness }),
        ...(thinkingLevel !== undefined && { thinkingLevel }),
        ...(baseUrl !== undefined && { baseUrl }),
      },
    ];
  });
}

/**
 * Credentials that the models need beside those that the agent lists: the key of each provider, its instance `default`, which
 * is the one that Action Llama's container reads. An agent that lists another instance works with that one.
 */
export function modelCredentials(models: readonly Model[], listed: readonly string[]): string[] {
  const types = listed.map((text) => parseReference(text)?.type);
  return models
    .filter(({ provider }) => modelProviders.includes(provider))
    .map(({ provider }) => `${provider}_key`)
    .filter((type) => !types.includes(type))
    .map((type) => `${type}:default`);
}
