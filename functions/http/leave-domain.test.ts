import { AsyncResource } from 'node:async_hooks';
import type { AddressInfo } from 'node:net';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { expect, test } from 'vitest';
import { leaveDomain } from './leave-domain.ts';

const inDomain = (): boolean => Boolean((process as { domain?: unknown }).domain);

/** Whether a function of the framework is in a domain: at once, and after it has waited. */
async function served(name: string, before: () => void): Promise<boolean[]> {
  http(name, async (_request, response) => {
    before();
    const seen = [inDomain()];
    await new Promise((resolve) => setImmediate(resolve));
    response.json([...seen, inDomain(), new AsyncResource('mine').runInAsyncScope(inDomain)]);
  });
  const server = getTestServer(name);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as boolean[];
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("the framework's domain is left for good, also by what is awaited later", async () => {
  expect(await served('stays', () => {})).toEqual([true, true, true]);
  expect(await served('leaves', leaveDomain)).toEqual([false, false, false]);
});
