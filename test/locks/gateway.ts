import { systemRandom } from '../../shared/cloud/random.ts';
import type { Lock } from '../../shared/locks/lock.ts';
import type { TestDrover } from '../drover.ts';
import { putRun } from './runs.ts';

export interface Answer {
  status: number;
  type: string | null;
  /** To the byte: the contract's helpers and agents read it with `grep`. */
  text: string;
}

/** A JSON answer of the gateway. */
export const answer = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  text: JSON.stringify(body),
});

/** What containers ask of a gateway about locks, over HTTP. */
export function lockGateway(drover: () => TestDrover) {
  let count = 0;
  const exchange = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${drover().base}/gateway${path}`, init);
    const { status, headers } = response;
    return { status, type: headers.get('content-type'), text: await response.text() };
  };
  return {
    get: (path: string, headers: { [name: string]: string } = {}): Promise<Answer> =>
      exchange(path, { headers }),
    /** As the contract's helpers ask: JSON, and nobody says so. */
    ask: (path: string, body: unknown): Promise<Answer> => {
      const bytes = typeof body === 'string' ? body : JSON.stringify(body);
      return exchange(path, { method: 'POST', body: Buffer.from(bytes) });
    },
    /** A run that nobody else speaks for. */
    newRun: async (): Promise<{ id: string; secret: string }> => {
      count += 1;
      const id = `dev-wire${count}`;
      const ports = { documents: drover().cloud.documents, random: systemRandom };
      return { id, secret: await putRun(ports, id) };
    },
    /** A key that nobody else locks. */
    newKey: (): string => {
      count += 1;
      return `github://acme/app/issues/${count}`;
    },
    locks: async (): Promise<Lock[]> => {
      const query = { collection: 'locks', limit: 1_000 };
      const found = await drover().cloud.documents.query<Lock>(query);
      return found.map(({ data }) => data);
    },
  };
}
