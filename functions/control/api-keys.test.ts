import { describe, expect, it } from 'vitest';
import { CloudError, type Ports } from '../../shared/ports/index.ts';
import { keepKey } from '../../test/control.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { createApiKeys } from './api-keys.ts';

/** The keys of a world, and how often Secret Manager was asked for one. */
async function keysOf(change: (ports: Ports) => Ports = (ports) => ports) {
  const world = await createWorld({ project: projectOf({ triage: {} }) });
  let reads = 0;
  const ports = change(world.ports);
  const counted: Ports = {
    ...ports,
    secrets: {
      ...ports.secrets,
      get: async (id) => {
        reads += 1;
        return ports.secrets.get(id);
      },
    },
  };
  return { world, keys: createApiKeys(counted), reads: () => reads };
}

const operator = { name: 'default', role: 'operator' };

describe('the keys of the control API', () => {
  it('are an operator and a viewer', async () => {
    const { world, keys } = await keysOf();
    await keepKey(world, 'default', 'open sesame');
    await keepKey(world, 'viewer', 'a peephole');
    expect(await keys.find('open sesame')).toEqual(operator);
    expect(await keys.find('a peephole')).toEqual({ name: 'viewer', role: 'viewer' });
    expect(await keys.find('open')).toBeUndefined();
    expect(await keys.find('')).toBeUndefined();
  });

  it('may end with a line, as files do', async () => {
    const { world, keys } = await keysOf();
    await keepKey(world, 'default', 'open sesame\n');
    expect(await keys.find('open sesame')).toEqual(operator);
  });

  it('let nobody in when there are none, or when one is blank', async () => {
    const { world, keys } = await keysOf();
    expect(await keys.find('open sesame')).toBeUndefined();
    await keepKey(world, 'default', ' \n');
    await world.advance(20_000);
    expect(await keys.find('')).toBeUndefined();
    expect(await keys.find(' \n')).toBeUndefined();
  });

  it('cost nothing under a flood of wrong ones', async () => {
    const { world, keys, reads } = await keysOf();
    await keepKey(world, 'default', 'open sesame');
    await keys.find('open sesame');
    const before = reads();
    for (let n = 0; n < 500; n += 1) await keys.find(`guess ${n}`);
    expect(reads() - before).toBe(0);
  });

  it('work 2 seconds after they were rotated, and the old one no longer', async () => {
    const { world, keys } = await keysOf();
    await keepKey(world, 'default', 'old');
    expect(await keys.find('old')).toEqual(operator);
    await keepKey(world, 'default', 'new');
    expect(await keys.find('new')).toBeUndefined();
    await world.advance(2_000);
    expect(await keys.find('new')).toEqual(operator);
    expect(await keys.find('old')).toBeUndefined();
  });

  it('stop working 10 seconds after they were withdrawn', async () => {
    const { world, keys } = await keysOf();
    await keepKey(world, 'default', 'old');
    await keys.find('old');
    await world.ports.secrets.delete('drover-cred-gateway_api_key-default');
    await world.advance(10_000);
    expect(await keys.find('old')).toBeUndefined();
  });

  it('cannot be told while Secret Manager does not answer, and ask it no more than before', async () => {
    const { keys, reads } = await keysOf((ports) => ({
      ...ports,
      secrets: {
        ...ports.secrets,
        get: async () => {
          throw new CloudError('unavailable', 'away');
        },
      },
    }));
    for (let n = 0; n < 50; n += 1) {
      await expect(keys.find('open sesame')).rejects.toThrow('could not be read');
    }
    expect(reads()).toBe(2);
  });
});
