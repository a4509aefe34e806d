import type { Store } from '../engines/engine.ts';
import { removePrivateDirectory, temporaryOf } from './private-directory.ts';
import { killByEnvironment, signalGroup, startTime } from './processes.ts';

const tables = { processes: 'executor.processes', started: 'executor.started' };

/** What an executor must know after its own process was killed. */
export interface Ledger {
  /** Before anything of an execution is on the disk. */
  opening(execution: string, directory: string): void;
  /** As soon as its process has a pid. Also adds to the record of all that was ever started. */
  running(execution: string, attempt: number, directory: string, pid: number): void;
  /** When nothing of it is left. */
  closed(execution: string): void;
}

/**
 * Keeps the processes of `store` and, before that, ends what an earlier process of the local cloud left: kills each
 * one that still is the process that was started (by its start time), and removes its directory with its credentials.
 * The table `executor.started` only grows: `{ execution, attempt, at }` for each process, in order.
 */
export function openLedger(store: Store, now: () => number): Ledger {
  for (const [execution, row] of store.entries(tables.processes)) {
    const { directory, pid, start } = row as { directory: string; pid?: number; start?: string };
    if (pid !== undefined && start !== undefined && startTime(pid) === start)
      signalGroup(pid, 'SIGKILL');
    killByEnvironment(`TMPDIR=${temporaryOf(directory)}`);
    removePrivateDirectory(directory);
    store.delete(tables.processes, execution);
  }
  let started = store.entries(tables.started).length;
  return {
    opening: (execution, directory) => store.put(tables.processes, execution, { directory }),
    running: (execution, attempt, directory, pid) => {
      const start = startTime(pid);
      store.put(tables.processes, execution, {
        directory,
        pid,
        ...(start === undefined ? {} : { start }),
      });
      started += 1;
      const key = String(started).padStart(9, '0');
      store.put(tables.started, key, { execution, attempt, at: now() });
    },
    closed: (execution) => store.delete(tables.processes, execution),
  };
}
