import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withTables } from '../infra/docs/generated.ts';
import { openApiDocument } from '../infra/docs/openapi.ts';
import { controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld } from './world.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');

describe('the documents of the control API', () => {
  it('are what the routes are now: npm run docs makes them anew', () => {
    expect(JSON.parse(read('openapi.json'))).toEqual(openApiDocument());
    expect(read('control-api.md')).toBe(withTables(read('control-api.md')));
  });

  it('are served as well', async () => {
    const control = await controlOf(await createWorld({ project: projectOf({ triage: {} }) }));
    expect((await control.get('/openapi.json')).json).toEqual(openApiDocument());
    expect((await control.get('/openapi.json', { key: null })).status).toBe(401);
  });

  it('name every route, and say of each what it is for', () => {
    const page = read('control-api.md');
    for (const [path, item] of Object.entries(openApiDocument().paths ?? {})) {
      for (const [method, operation] of Object.entries(
        item as { [method: string]: { summary?: string } },
      )) {
        expect(operation.summary, `${method} ${path}`).toMatch(/^\w/);
        if (path !== '/health') expect(page).toContain(`\`${method.toUpperCase()} ${path}\``);
      }
    }
  });

  it('tell how to get in for every route but the open one', () => {
    const { paths = {}, security, components } = openApiDocument();
    expect(security).toEqual([{ bearer: [] }]);
    expect(components?.securitySchemes).toHaveProperty('bearer');
    const open = Object.entries(paths).filter(([, item]) =>
      Object.values(item).some(
        (operation) => (operation as { security?: [] }).security?.length === 0,
      ),
    );
    expect(open.map(([path]) => path)).toEqual(['/health']);
  });
});
