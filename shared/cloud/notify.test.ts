import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpNotify } from './notify.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function receive(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/very-secret`;
}

const answering = (status: number, text = '', headers = {}): Promise<string> =>
  receive((_, response) => response.writeHead(status, headers).end(text));

describe('a message over HTTP', () => {
  it('arrives as it was, as JSON', async () => {
    let got = '';
    const url = await receive((request, response) => {
      const { method, headers } = request;
      request.on('data', (chunk) => {
        got += chunk;
      });
      request.on('end', () => {
        got += ` ${method} ${headers['content-type']}`;
        response.end('ok');
      });
    });
    expect(await httpNotify.post(url, '{"text":"hé"}')).toEqual({ outcome: 'taken' });
    expect(got).toBe('{"text":"hé"} POST application/json');
  });

  it.each([408, 429, 500, 502, 503])('is for later where the answer is %d', async (status) => {
    const posted = await httpNotify.post(await answering(status, 'try later'), '{}');
    expect(posted).toEqual({
      outcome: 'later',
      why: `the receiver answered ${status}: try later`,
    });
  });

  it('is for when the receiver says', async () => {
    const url = await answering(429, '', { 'retry-after': '30' });
    expect(await httpNotify.post(url, '{}')).toMatchObject({ outcome: 'later', afterMs: 30_000 });
  });

  it.each([400, 403, 404, 410])('is refused where the answer is %d', async (status) => {
    const posted = await httpNotify.post(await answering(status, 'no_service'), '{}');
    expect(posted).toEqual({
      outcome: 'refused',
      why: `the receiver answered ${status}: no_service`,
    });
  });

  it('follows no redirection to somebody else', async () => {
    const url = await answering(302, '', { location: 'http://127.0.0.1:1/' });
    expect(await httpNotify.post(url, '{}')).toMatchObject({ outcome: 'refused' });
  });

  it('takes no page of an answer for a reason', async () => {
    const url = await answering(500, `<html>${'x'.repeat(100_000)}`);
    expect(await httpNotify.post(url, '{}')).toEqual({
      outcome: 'later',
      why: 'the receiver answered 500',
    });
  });

  it('is for later where nobody answers, and does not say where that was', async () => {
    const url = await answering(200);
    server?.close();
    const posted = await httpNotify.post(url, '{}');
    expect(posted).toEqual({
      outcome: 'later',
      why: 'the receiver did not answer: ECONNREFUSED',
    });
  });

  it.each([
    'no address very-secret',
    'http://hooks.example.com/very-secret',
    'ftp://127.0.0.1/very-secret',
    'https://somebody:very-secret@hooks.example.com/',
    '',
  ])('goes to no address like %j', async (address) => {
    const posted = await httpNotify.post(address, '{}');
    expect(posted.outcome).toBe('refused');
    expect(JSON.stringify(posted)).not.toContain('very-secret');
  });
});
