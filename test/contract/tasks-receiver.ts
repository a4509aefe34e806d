import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One delivery as the target saw it. */
export interface Received {
  /** By the clock of who sends, in ms since the epoch. */
  at: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How the target answers; without a status it does not. */
export interface Answer {
  status?: number;
  headers?: { [name: string]: string };
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Answers to the next deliveries, one each; then 200. */
  answers: Answer[];
  close(): Promise<void>;
}

/** A target of deliveries on a free port of this machine. */
export async function createReceiver(now: () => number): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    received.push({ at: now(), method, path, headers, body: Buffer.concat(chunks).toString() });
    const { status, headers: answered } = answers.shift() ?? { status: 200 };
    if (status !== undefined) response.writeHead(status, answered).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
