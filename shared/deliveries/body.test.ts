import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { describeBody, keepBody, readBody } from './body.ts';

const path = 'deliveries/github:1';
const type = 'application/json';
const never = new Date(0);
const portsOf = async () => (await createWorld({ project: projectOf({ dev: {} }) })).ports;

describe('the body of a delivery', () => {
  it.each([0, 1, 999_999, 1_000_000, 1_000_001, 2_500_000, 20_000_000])(
    'of %i bytes is read as it came',
    async (length) => {
      const ports = await portsOf();
      const body = Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 256);
      const description = describeBody(body, type);
      const writes = await keepBody(ports, path, body, description, never);
      if (writes.length > 0) await ports.documents.commit(writes);
      const read = (await readBody(ports, path, description)) ?? new Uint8Array(1);
      expect(Buffer.compare(read, body)).toBe(0);
      expect(description.bytes).toBe(length);
    },
  );

  it('that lacks a part is not read as if it were whole', async () => {
    const ports = await portsOf();
    const body = new Uint8Array(3_000_000);
    const description = describeBody(body, type);
    await keepBody(ports, path, body, description, never);
    const parts = await ports.documents.query({ collection: `${path}/body`, limit: 10 });
    expect(parts).toHaveLength(3);
    await ports.documents.commit([{ op: 'delete', path: parts[1]?.path ?? '' }]);
    expect(await readBody(ports, path, description)).toBeUndefined();
  });

  it('that was written over by another is not read as if it were the first', async () => {
    const ports = await portsOf();
    const [first, other] = [Buffer.from('{"a":1}'), Buffer.from('{"b":2}')];
    for (const body of [first, other]) {
      const writes = await keepBody(ports, path, body, describeBody(body, type), never);
      await ports.documents.commit(writes);
    }
    expect(await readBody(ports, path, describeBody(first, type))).toBeUndefined();
    expect(await readBody(ports, path, describeBody(other, type))).toBeDefined();
  });

  it('does not mix with another large one that comes under the same id at once', async () => {
    const ports = await portsOf();
    const bodies = [1, 2].map((fill) => new Uint8Array(5_000_000).fill(fill));
    const descriptions = bodies.map((body) => describeBody(body, type));
    await Promise.all(
      bodies.map((body) => keepBody(ports, path, body, describeBody(body, type), never)),
    );
    for (const [index, description] of descriptions.entries()) {
      const read = await readBody(ports, path, description);
      expect(read && Buffer.compare(read, bodies[index] ?? read)).toBe(0);
    }
  });
});
