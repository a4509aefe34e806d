import { describe, expect, expectTypeOf, it } from 'vitest';
import { controlClient } from '../infra/control-client.ts';
import { controlOf, keys } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld } from './world.ts';

async function clientOf() {
  const world = await createWorld({ project: projectOf({ triage: {} }) });
  const control = await controlOf(world);
  const client = controlClient({
    base: 'https://control.test',
    key: keys.operator,
    why: 'a test — für alle',
    fetch: async (input, init = {}) => {
      const { pathname, search } = new URL(String(input));
      const headers = Object.fromEntries(new Headers(init.headers));
      return control.fetch(init.method ?? 'GET', `${pathname}${search}`, {
        key: null,
        headers,
        ...(typeof init.body === 'string' ? { body: JSON.parse(init.body) as unknown } : {}),
      });
    },
  });
  return { world, client };
}

describe('the typed client', () => {
  it('calls routes by their names, and types what they answer', async () => {
    const { client } = await clientOf();
    const triggered = await client.v1.agents[':agent'].trigger.$post({
      param: { agent: 'triage' },
      header: { 'idempotency-key': 'monday' },
      json: { prompt: 'Count sheep.' },
    });
    if (!triggered.ok) throw new Error('refused');
    const started = await triggered.json();
    expectTypeOf(started).toEqualTypeOf<{ run: string; isNew: boolean; held: string | null }>();

    const listed = await client.v1.runs.$get({ query: { agent: 'triage', limit: '10' } });
    if (!listed.ok) throw new Error('refused');
    const { runs, next } = await listed.json();
    expectTypeOf(next).toEqualTypeOf<string | null>();
    expectTypeOf(runs[0]?.summary).toEqualTypeOf<string | undefined>();
    expect(runs.map(({ id }) => id)).toEqual([started.run]);
  });

  it('says why with every change', async () => {
    const { client } = await clientOf();
    const paused = await client.v1.project.pause.$post({ header: {}, json: {} });
    expect(paused.status).toBe(200);
    const audit = await client.v1.audit.$get({ query: {} });
    expect(await audit.json()).toMatchObject({
      entries: [{ action: 'project.pause', why: 'a test — für alle', who: 'key:default' }],
    });
  });

  it('knows no route that is not there, and takes no body of another shape', () => {
    const client = controlClient({ base: 'https://control.test', key: '' });
    expectTypeOf(client.v1).not.toHaveProperty('secrets');
    const scale = client.v1.project.scale.$post;
    expectTypeOf<Parameters<typeof scale>[0]['json']['scale']>().toEqualTypeOf<number>();
  });
});
