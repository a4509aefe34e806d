import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Received {
  method: string;
  path: string;
  headers: { [name: string]: string | string[] | undefined };
  body: string;
}

/** What to answer: status and body; undefined: hang up. */
export type Answer = { status: number; body: string } | undefined;

/** A stand-in for the gateway that writes down what it is asked, and answers as it is told. */
export interface Recorder {
  url: string;
  received: Received[];
  /** Answers each request from now on. */
  answer: (request: Received, nth: number) => Answer;
  close(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      const nth = recorder.received.push(received);
      const answer = recorder.answer(received, nth);
      if (!answer) {
        response.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const recorder: Recorder = {
    url: `http://127.0.0.1:${port}`,
    received: [],
    answer: () => ({ status: 200, body: '{"ok":true}' }),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return recorder;
}
