import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBody } from '../../shared/deliveries/body.ts';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, issueOpened } from './github.ts';

const megabyte = 1_000_000;

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ idler: { webhooks: [] } }) });
});
afterAll(() => drover.close());

async function kept(id: string): Promise<{ delivery: Delivery; body: Uint8Array }> {
  const path = `deliveries/github:${id}`;
  const found = await drover.cloud.documents.get<Delivery>(path);
  if (!found) throw new Error(`there is no ${path}`);
  const body = await readBody(drover.cloud, path, found.data.body);
  if (!body) throw new Error(`the body of ${path} is not all there`);
  return { delivery: found.data, body };
}

/** A payload of exactly this many bytes, with every byte of UTF-8 in it that JSON allows. */
function payloadOf(bytes: number): Buffer {
  const odd = '\u0001 \u007f \u00e9 \u20ac \ud83d\udc04';
  const noise = randomBytes(bytes).toString('base64');
  const [before = '', after = ''] = JSON.stringify({ ...issueOpened, odd, noise: '|' }).split('|');
  const fill = bytes - Buffer.byteLength(before) - Buffer.byteLength(after);
  return Buffer.from(`${before}${noise.slice(0, fill)}${after}`);
}

describe('the body of a delivery', { timeout: 60_000 }, () => {
  it.each<[bytes: number, parts: number]>([
    [1_000, 1],
    [megabyte, 1],
    [megabyte + 1, 2],
    [2 * megabyte + 1, 3],
    [8 * megabyte, 8],
    [20 * megabyte, 20],
    [25 * 1024 * 1024, 27],
  ])('of %i bytes is kept in %i parts and read again byte for byte', async (bytes, parts) => {
    const body = payloadOf(bytes);
    const id = `of-${bytes}-bytes`;
    const answer = await deliver(drover, { id, body });
    expect(answer).toMatchObject({ status: 200, json: { ok: true } });
    const found = await kept(id);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const contentType = 'application/json';
    expect(found.delivery.body).toEqual({ contentType, bytes: body.length, sha256, parts });
    expect(Buffer.compare(found.body, body)).toBe(0);
  });

  it('is kept as it came when it is a form', async () => {
    const payload = JSON.stringify({ ...issueOpened, action: 'r\u00e9ouvert & +100%' });
    const body = `payload=${encodeURIComponent(payload).replaceAll('%20', '+')}`;
    const type = 'application/x-www-form-urlencoded; charset=UTF-8';
    const headers = { 'content-type': type };
    const answer = await deliver(drover, { id: 'a-form', body, headers });
    expect(answer).toMatchObject({ status: 200, json: { ok: true, matched: 0 } });
    const found = await kept('a-form');
    expect(found.delivery).toMatchObject({ action: 'r\u00e9ouvert & +100%', repo: 'acme/house' });
    expect(found.delivery.body.contentType).toBe('application/x-www-form-urlencoded');
    expect(Buffer.from(found.body).toString()).toBe(body);
  });
});
