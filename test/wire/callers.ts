import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalProgram } from '../../infra/local/executor/index.ts';
import { systemRandom } from '../../shared/cloud/random.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { admission } from '../../shared/runs/admit.ts';
import type { Run } from '../../shared/runs/run.ts';
import { newRunSecret } from '../../shared/runs/secret.ts';
import { eventually, type TestDrover } from '../drover.ts';
import { settings } from '../sim/place.ts';

/** What came back, to the byte: the contract's helpers read it with `grep`. */
export interface Raw {
  status: number;
  type: string | null;
  text: string;
}

export const raw = (status: number, text: string): Raw => ({
  status,
  type: 'application/json',
  text,
});

/** A run that speaks over HTTP. */
export interface Speaker {
  id: string;
  secret: string;
}

/** Containers that tell their secret and run until they are told to exit, and runs without any that speak at once. */
export function wireCallers(drover: () => TestDrover) {
  const directory = mkdtempSync(join(tmpdir(), 'drover-calls-'));
  let count = 0;

  const exchange = async (path: string, init: RequestInit): Promise<Raw> => {
    const response = await fetch(`${drover().base}/gateway${path}`, init);
    const { status, headers } = response;
    return { status, type: headers.get('content-type'), text: await response.text() };
  };
  const runOf = async (id: string): Promise<Run> => {
    const run = await drover().cloud.documents.get<Run>(`runs/${id}`);
    if (!run) throw new Error(`there is no run ${id}`);
    return run.data;
  };

  return {
    program: (agent: string): LocalProgram => ({
      file: '/bin/sh',
      args: [
        '-c',
        'f="$0/$(echo "$SHUTDOWN_SECRET" | cut -d. -f1)"; echo "$SHUTDOWN_SECRET" > "$f.new"; mv "$f.new" "$f"; while [ ! -e "$f.exit" ]; do sleep 0.05; done; exit "$(cat "$f.exit")"',
        directory,
        agent,
      ],
      directory,
    }),
    get: (path: string, headers: { [name: string]: string } = {}): Promise<Raw> =>
      exchange(path, { headers }),
    post: (path: string, body: unknown, headers: { [name: string]: string } = {}): Promise<Raw> => {
      const bytes = typeof body === 'string' ? body : JSON.stringify(body);
      return exchange(path, { method: 'POST', body: Buffer.from(bytes), headers });
    },
    runOf,
    /** A run of this agent that speaks, and has no container. */
    newRun: async (agent: string, more: Partial<Run> = {}): Promise<Speaker> => {
      count += 1;
      const id = `${agent}-wire${count}`;
      const { documents } = drover().cloud;
      const { secret, hash } = newRunSecret(systemRandom, id);
      const current = await documents.get<Current>(currentPath);
      const admitted = admission(settings, {
        id,
        agent,
        cause: id,
        release: current?.data.release ?? '',
        configuration: { credentials: [], timeout: 60 },
        context: null,
        trigger: { type: 'manual', by: 'a test' },
        why: 'a test asked for it',
        now: Date.now(),
      });
      const fields = { state: 'running' as const, secretHashes: [hash], dueAt: null, ...more };
      await documents.commit([admitted, { op: 'update', path: `runs/${id}`, fields }]);
      return { id, secret };
    },
    /** The run with this id, once its container runs. */
    started: async (id: string): Promise<Speaker> => {
      const file = join(directory, id);
      const secret = await eventually(
        async () => existsSync(file) && readFileSync(file, 'utf8').trim(),
      );
      await eventually(async () => (await runOf(id)).state === 'running');
      return { id, secret };
    },
    /** In one step: a container that looks in between would find no code. */
    exit: (id: string, code: number): void => {
      const file = join(directory, `${id}.exit`);
      writeFileSync(`${file}.new`, String(code));
      renameSync(`${file}.new`, file);
    },
    remove: (): void => rmSync(directory, { recursive: true, force: true }),
  };
}
