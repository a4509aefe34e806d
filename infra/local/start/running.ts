import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../is-alive.ts';

/** What a local cloud that runs says of itself, for commands in its directory. */
export interface Running {
  /** Its process. */
  pid: number;
  /** Base URL of the control API. */
  control: string;
  /** The file that the key of it is in. */
  keyFile: string;
}

/** The file, below the project's directory and where the state is kept. */
const file = 'running.json';

/** Says in each directory that a local cloud runs. Answers what takes that back, unless another one has said so since. */
export function announce(directories: readonly string[], running: Running): () => Promise<void> {
  const files = [...new Set(directories)].map((directory) => join(directory, file));
  for (const path of files) {
    mkdirSync(join(path, '..'), { recursive: true });
    // Whoever reads it meanwhile finds the one before or this one, whole.
    writeFileSync(`${path}.${running.pid}`, JSON.stringify(running), { mode: 0o600 });
    renameSync(`${path}.${running.pid}`, path);
  }
  return async () => {
    for (const path of files)
      if (readFile(path)?.pid === running.pid) rmSync(path, { force: true });
  };
}

/** The local cloud that runs in a directory; undefined when there is none, or its process has gone. */
export function readRunning(directory: string): Running | undefined {
  const running = readFile(join(directory, '.drover', file));
  return running && isAlive(running.pid) ? running : undefined;
}

/** A file of somebody else's must not have a key sent away from this machine. */
const here = /^http:\/\/127\.0\.0\.1:\d{1,5}\/control$/;

function readFile(path: string): Running | undefined {
  try {
    const { pid, control, keyFile } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Running>;
    const isWhole = typeof control === 'string' && typeof keyFile === 'string';
    if (!isWhole || typeof pid !== 'number' || !here.test(control)) return undefined;
    return { pid, control, keyFile };
  } catch {
    return undefined;
  }
}
