import type { SecretInfo, Secrets } from '../../../shared/ports/index.ts';
import { lastOf } from '../../last-of.ts';
import type { SecretInfo as EngineSecret, SecretsEngine } from '../engines/secrets/index.ts';
import { made, madeUnless } from './errors.ts';

/** {@link Secrets} on the engine itself. */
export function inProcessSecrets(engine: SecretsEngine): Secrets {
  const parent = `projects/${engine.project}`;
  const nameOf = (id: string): string => `${parent}/secrets/${id}`;
  return {
    create: ({ id, labels, expiresAt }) =>
      madeUnless(['already_exists'], 'exists', () => {
        engine.createSecret(parent, id, {
          labels: { ...labels },
          replication: { automatic: {} },
          ...(expiresAt !== undefined && { expireAt: expiresAt }),
        });
        return 'created';
      }),
    addVersion: (id, value) => made(() => lastOf(engine.addSecretVersion(nameOf(id), value).name)),
    setAliases: (id, aliases) =>
      made(() => {
        const numbers = Object.entries(aliases).map(
          ([alias, number]) => [alias, Number(number)] as const,
        );
        engine.updateSecret(nameOf(id), { aliases: Object.fromEntries(numbers) }, ['aliases']);
      }),
    get: (id) =>
      madeUnless(['not_found'], undefined, () => described(engine.getSecret(nameOf(id)))),
    access: (id, version) => made(() => engine.readSecret(id, version)),
    list: (labels) =>
      made(() => {
        const filter = Object.entries(labels)
          .map(([key, value]) => `labels.${key}="${value}"`)
          .join(' AND ');
        const found: SecretInfo[] = [];
        let token: string | undefined;
        do {
          const page = engine.listSecrets(parent, { filter, ...(token && { token }) });
          found.push(...page.items.map(described));
          token = page.next;
        } while (token !== undefined);
        return found;
      }),
    delete: (id) =>
      madeUnless(['not_found'], 'absent', () => {
        engine.deleteSecret(nameOf(id));
        return 'deleted';
      }),
  };
}

function described({ name, labels, aliases, createdAt }: EngineSecret): SecretInfo {
  const versions = Object.entries(aliases).map(
    ([alias, number]) => [alias, String(number)] as const,
  );
  return { id: lastOf(name), labels, aliases: Object.fromEntries(versions), createdAt };
}
