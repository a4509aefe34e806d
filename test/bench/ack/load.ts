import { connect, type Socket } from 'node:net';
import type { SignedBody } from '../deliveries.ts';
import { deliveryHeaders } from '../deliveries.ts';

export interface Load {
  port: number;
  path: string;
  connections: number;
  durationMs: number;
  delivery: SignedBody;
  /** A new id for each delivery. */
  nextId(): string;
}

export interface Loaded {
  /** From the first byte sent to the last received, in ms, one a request. */
  latencies: number[];
  /** How long it took until the last answer, in ms. */
  elapsedMs: number;
}

/**
 * Sends deliveries over `connections` kept-alive connections, each its next as soon as its last is answered. Written on
 * sockets, so that sending takes little of the processor that is being measured. Throws on any answer but 200.
 */
export async function sendLoad(load: Load): Promise<Loaded> {
  const sockets = await Promise.all(
    Array.from({ length: load.connections }, () => open(load.port)),
  );
  const latencies: number[] = [];
  const begun = performance.now();
  try {
    await Promise.all(sockets.map((socket) => sendUntil(socket, load, begun, latencies)));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return { latencies, elapsedMs: performance.now() - begun };
}

async function sendUntil(
  socket: Socket,
  load: Load,
  begun: number,
  latencies: number[],
): Promise<void> {
  do {
    const sent = performance.now();
    await post(socket, load.path, load.nextId(), load.delivery);
    latencies.push(performance.now() - sent);
  } while (performance.now() - begun < load.durationMs);
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** One delivery over an open connection; answers with the body of a 200. */
export function post(
  socket: Socket,
  path: string,
  deliveryId: string,
  delivery: SignedBody,
): Promise<string> {
  const headers = Object.entries(deliveryHeaders(delivery, deliveryId))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const length = Buffer.byteLength(delivery.body);
  return new Promise((resolve, reject) => {
    let received = '';
    const settle = (error?: Error): void => {
      socket.off('data', more);
      socket.off('close', closed);
      if (error) reject(error);
      else resolve(bodyOf(received));
    };
    const closed = (): void => settle(new Error('the connection was closed without an answer'));
    const more = (chunk: Buffer): void => {
      received += chunk.toString('latin1');
      if (!isWhole(received)) return;
      const ok = received.startsWith('HTTP/1.1 200 ');
      settle(ok ? undefined : new Error(`answered: ${received.slice(0, 500)}`));
    };
    socket.on('data', more);
    socket.on('close', closed);
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${length}\r\n${headers}\r\n${delivery.body}`,
    );
  });
}

const headEnd = '\r\n\r\n';

function isWhole(answer: string): boolean {
  const end = answer.indexOf(headEnd);
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1];
  if (length !== undefined) return answer.length >= end + headEnd.length + Number(length);
  return answer.endsWith('0\r\n\r\n');
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf(headEnd) + headEnd.length);
}
