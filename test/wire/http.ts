import { type IncomingHttpHeaders, request } from 'node:http';
import { expect } from 'vitest';

/** One request, as it is to travel: nothing of it is normalised. */
export interface Sent {
  /** Default: POST. */
  method?: string;
  /** Path and query, sent as they stand. */
  path: string;
  /** A list of values is sent as as many header lines; null leaves a header out. */
  headers?: Headers;
  body?: Uint8Array | string;
}

export type Headers = { readonly [name: string]: string | readonly string[] | null };

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The JSON object of the body; empty where the status or the method allows no body. */
  json: { readonly [field: string]: unknown };
}

/** Sends a request and holds its answer to what every function promises: one JSON object, with the type that says so. */
export async function send(base: string, sent: Sent): Promise<Answer> {
  const { status, headers, body } = await exchange(base, sent);
  if (status === 204 || sent.method === 'HEAD') {
    expect(body).toBe('');
    return { status, headers, json: {} };
  }
  expect({ status, type: headers['content-type'], body }).toMatchObject({
    type: expect.stringMatching(/^application\/json($|; charset=utf-8$)/i),
    body: expect.stringMatching(/^\{.*\}$/s),
  });
  return { status, headers, json: JSON.parse(body) as Answer['json'] };
}

function exchange(
  base: string,
  { method = 'POST', path, headers = {}, body }: Sent,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const { hostname, port } = new URL(base);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...length, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [[name, typeof value === 'string' ? value : [...value]] as const],
  );
  return new Promise((resolve, reject) => {
    const open = request(
      { hostname, port, method, path, headers: Object.fromEntries(lines) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    open.on('error', reject);
    open.end(body);
  });
}
