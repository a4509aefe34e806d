import type { SecretVersions } from '../../rest/secret-versions.ts';
import type { SecretsEngine } from '../engines/secrets/index.ts';
import { made, madeUnless } from './errors.ts';

/** {@link SecretVersions} on the engine itself. */
export function inProcessSecretVersions(engine: SecretsEngine): SecretVersions {
  const nameOf = (id: string): string => `projects/${engine.project}/secrets/${id}`;
  return {
    notes: (id) =>
      madeUnless(['not_found'], undefined, () => {
        const { aliases, annotations } = engine.getSecret(nameOf(id));
        const named = Object.entries(aliases).map(([alias, number]) => [alias, String(number)]);
        return { aliases: Object.fromEntries(named), annotations };
      }),
    setNotes: (id, annotations, destroyAfterSeconds) =>
      made(() => {
        const changes = {
          annotations: { ...annotations },
          destroyTtlMs: destroyAfterSeconds * 1_000,
        };
        engine.updateSecret(nameOf(id), changes, ['annotations', 'destroyTtlMs']);
      }),
    list: async (id) =>
      (await madeUnless(['not_found'], undefined, () =>
        engine.listSecretVersions(nameOf(id), { size: 25_000 }).items.map((version) => ({
          number: version.name.slice(version.name.lastIndexOf('/') + 1),
          state: version.state,
          createdAt: version.createdAt,
          destroyAt: version.destroyAt ?? null,
        })),
      )) ?? [],
    destroy: (id, number) =>
      made(() => {
        engine.destroySecretVersion(`${nameOf(id)}/versions/${number}`);
      }),
  };
}
