import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { accept } from './accept.ts';
import { readDelivery } from './read.ts';

async function keep(world: World, deliveryId: string, body: Uint8Array): Promise<string> {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  const { delivery } = await accept(world.ports, settings, published, {
    sources: ['web'],
    deliveryId,
    context: { source: 'generic', event: 'post', repo: '', sender: '', timestamp: '' },
    payload: {},
    body,
    contentType: 'application/json',
    isSigned: true,
  });
  return delivery;
}

const worldOf = () => createWorld({ project: projectOf({ dev: {} }) });

describe('a delivery that is read', () => {
  it.each<[string, Uint8Array, object]>([
    [
      'JSON laid out',
      Buffer.from('{"a":[1]}'),
      { text: '{\n  "a": [\n    1\n  ]\n}', encoding: 'json' },
    ],
    [
      'a form as it came',
      Buffer.from('payload=%7B%7D'),
      { text: 'payload=%7B%7D', encoding: 'text' },
    ],
    ['nothing as nothing', Buffer.from(''), { text: '', encoding: 'text' }],
    ['bytes in base64', Uint8Array.of(0xff, 0xfe, 0), { text: '//4A', encoding: 'base64' }],
  ])('shows %s', async (_, body, shown) => {
    const world = await worldOf();
    const id = await keep(world, '1', body);
    const found = await readDelivery(world.ports, id);
    expect(found).toMatchObject({ id: 'web:1', delivery: { deliveryId: '1' }, body: shown });
  });

  it('shows a large text as it came', async () => {
    const world = await worldOf();
    const text = JSON.stringify(['x'.repeat(1_500_000)]);
    const found = await readDelivery(world.ports, await keep(world, '1', Buffer.from(text)));
    expect(found?.body?.encoding).toBe('text');
    expect(found?.body?.text === text).toBe(true);
  });

  it('says when its body is gone', async () => {
    const world = await worldOf();
    const id = await keep(world, '1', Buffer.from('{}'));
    await world.ports.documents.commit([{ op: 'delete', path: `deliveries/${id}/body/000` }]);
    expect(await readDelivery(world.ports, id)).toMatchObject({ id, body: null });
  });

  it('is none for an id that is none, whatever it is', async () => {
    const world = await worldOf();
    await keep(world, '1', Buffer.from('{}'));
    const odd = ['', 'web', 'web:2', 'web:1/body/000', '../runs/x', '__a:b__', ':', 'a:', '.:.'];
    for (const id of odd) expect(await readDelivery(world.ports, id)).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (id) => {
        expect(await readDelivery(world.ports, id)).toBeUndefined();
      }),
    );
  });
});
