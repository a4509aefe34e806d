import { CloudError } from '../../shared/ports/index.ts';
import type { CredsPorts } from './push.ts';

/** Ports of a project that nobody can be asked about: there is nothing in it, and nothing can be changed. For dry runs. */
export function noPorts(): CredsPorts {
  const refuse = async (): Promise<never> => {
    throw new CloudError('unavailable', 'Google could not be asked');
  };
  return {
    documents: {
      get: async () => undefined,
      query: async () => [],
      count: async () => 0,
      commit: refuse,
    },
    secrets: {
      create: refuse,
      addVersion: refuse,
      setAliases: refuse,
      access: refuse,
      get: async () => undefined,
      list: async () => [],
      delete: refuse,
    },
    versions: {
      notes: async () => undefined,
      list: async () => [],
      setNotes: refuse,
      destroy: refuse,
    },
  };
}
