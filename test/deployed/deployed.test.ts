import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../infra/resources.ts';
import { type Installed, installUpload } from './install.ts';
import { deployedNode } from './node.ts';
import { type FirstRequest, firstRequest } from './requests.ts';
import { startAndAsk } from './start.ts';
import { startWorld, type World } from './world.ts';

const clients = ['firestore', 'tasks', 'secret-manager', 'run', 'logging'];
const found = deployedNode();
const skipped = 'missing' in found ? ` (skipped: ${found.missing})` : '';

describe.skipIf('missing' in found)(`what is uploaded, installed as deployed${skipped}`, () => {
  let installed: Installed;
  let world: World;

  beforeAll(async () => {
    if ('missing' in found) return;
    [installed, world] = await Promise.all([installUpload(found.node), startWorld()]);
  }, 240_000);

  afterAll(async () => {
    await world?.stop();
    installed?.remove();
  }, 120_000);

  it('has the packages that the functions import, and none that only development needs', () => {
    const packages = readdirSync(join(installed.directory, 'node_modules'));
    expect(packages).toContain('hono');
    for (const name of ['typescript', 'vitest', '@biomejs', 'fast-check', '@stryker-mutator']) {
      expect(packages).not.toContain(name);
    }
  });

  it('has nearly every module compiled before its first process starts', {
    timeout: 60_000,
  }, async () => {
    const { directory, node } = installed;
    const environment = { ...world.environment, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const request = await firstRequest(world, 'control', 0);
    const { log } = await startAndAsk({ name: 'control', directory, node, environment }, request);
    const count = (words: string): number => log.split(words).length - 1;
    const [read, missed] = [count('was accepted'), count('was not initialized')];
    expect(read).toBeGreaterThan(500);
    expect(read / (read + missed)).toBeGreaterThan(0.9);
    expect(count('was rejected')).toBe(0);
  });

  it('has a webhook that loads no client but those it needs', { timeout: 60_000 }, async () => {
    const { directory, node } = installed;
    const environment = { ...world.environment, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const clientsFor = async (request: FirstRequest): Promise<string[]> => {
      const start = { name: 'webhook', directory, node, environment } as const;
      const { log } = await startAndAsk(start, request);
      const loaded = log.matchAll(/\/node_modules\/@google-cloud\/([\w-]+)\//g);
      return [...new Set([...loaded].map(([, name = '']) => name))]
        .filter((name) => clients.includes(name))
        .sort();
    };
    expect(await clientsFor({ path: '/nowhere' })).toEqual([]);
    expect(await clientsFor({ path: '/webhooks/nobody' })).toEqual(['firestore']);
    // What a delivery is signed with is read once, and kept.
    const delivery = await firstRequest(world, 'webhook', 2);
    expect(await clientsFor(delivery)).toEqual(['firestore', 'secret-manager', 'tasks']);
  });

  // Each in its turn: `dispatch` starts what `webhook` admitted.
  it.each(functionNames)(
    'answers the first request of a new %s',
    { timeout: 60_000 },
    async (name) => {
      const { directory, node } = installed;
      const { environment } = world;
      const request = await firstRequest(world, name, 1);
      const answer = await startAndAsk({ name, directory, node, environment }, request);
      expect(answer, answer.log).toMatchObject({ status: name === 'logs' ? 204 : 200 });
      if (name === 'webhook')
        expect(JSON.parse(answer.text)).toMatchObject({ ok: true, matched: 1 });
      if (name === 'dispatch') expect(JSON.parse(answer.text).launched).not.toEqual([]);
      if (name === 'control') expect(JSON.parse(answer.text)).toHaveProperty('agents.length', 1);
    },
  );

  it('is refused nothing that it needs permission for', () => {
    expect(world.cloud.iam.denials()).toEqual([]);
  });
});
