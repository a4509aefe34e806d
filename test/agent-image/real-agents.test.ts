import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Container, logged, makeContainer } from './container.ts';
import { type ModelEndpoint, startModelEndpoint } from './model-endpoint.ts';
import { describeInOneShell } from './shells.ts';

const agents = [
  { name: 'claude', provider: 'anthropic', model: 'claude-sonnet-4-5', path: '' },
  { name: 'codex', provider: 'openai', model: 'gpt-5', path: '/v1' },
  { name: 'gemini', provider: 'google', model: 'gemini-2.5-pro', path: '' },
  { name: 'pi', provider: 'custom', model: 'm-1', path: '/v1' },
];

describeInOneShell('the real coding agent', (shell) => {
  let container: Container;
  let endpoint: ModelEndpoint;

  beforeEach(async () => {
    container = await makeContainer(shell);
    endpoint = await startModelEndpoint();
  });
  afterEach(async () => {
    await endpoint.close();
    await container.remove();
  });

  for (const { name, provider, model, path } of agents) {
    const isThere = spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
    const title = `${name} works with its instructions, and is told in log lines`;
    const skipped = isThere ? '' : ` (skipped: no ${name} here; npm has it)`;
    it.skipIf(!isThere)(`${title}${skipped}`, { timeout: 120_000 }, async () => {
      await container.write(`credentials/${provider}_key/default/token`, 'sk-test');
      const models = [{ provider, model, harness: name, baseUrl: `${endpoint.url}${path}` }];
      const ran = await container.run({
        SHUTDOWN_SECRET: 'whole',
        PROMPT: 'a question about zebras',
        AGENT_CONFIG: JSON.stringify({ models, _skillBody: 'Speak of giraffes.' }),
      });
      expect(ran).toMatchObject({ code: 0 });
      expect(
        endpoint.asked.some((body) => body.includes('zebras') && body.includes('giraffes')),
      ).toBe(true);
      expect(logged(ran.stdout, 'bash')).toEqual([{ cmd: expect.stringContaining('exit 3') }]);
      expect(logged(ran.stdout, 'assistant')).toEqual([{ text: 'All done.' }]);
      expect(logged(ran.stdout, 'signal-result')).toEqual([{ type: 'return', value: 'made' }]);
      expect(logged(ran.stdout, 'token-usage').at(-1)).toMatchObject({
        outputTokens: 40,
        cacheReadTokens: 14,
      });
    });
  }
});
