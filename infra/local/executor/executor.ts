import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Store } from '../engines/engine.ts';
import type { LogEntry } from '../engines/log-entry.ts';
import {
  logLabels,
  logName,
  parseExecution,
  type RunAction,
  type RunReports,
  resourceOf,
} from '../engines/run/index.ts';
import { type Child, runChild } from './child.ts';
import { entryOf } from './entries.ts';
import { openLedger } from './ledger.ts';
import {
  makePrivateDirectory,
  type PrivateDirectory,
  removePrivateDirectory,
} from './private-directory.ts';

/** What stands for an image: a program of this machine. */
export interface LocalProgram {
  /** A program on the PATH, or a path; a relative one with a `/` begins at `directory`. */
  file: string;
  args?: string[];
  /** Where the image's own files lie. */
  directory: string;
}

export interface ExecutorOptions {
  /** Private directories are made below it. */
  directory: string;
  /** What to run for an image; undefined: there is no such image. */
  command(image: string, labels: { readonly [key: string]: string }): LocalProgram | undefined;
  /** PATH of the containers. Default: this Node's directory and the system's usual ones. */
  path?: string;
  emit(entry: LogEntry): void;
  now(): number;
  store: Store;
}

/** Runs executions as child processes of this machine. */
export interface Executor {
  /** Does what the run engine wants done and tells `reports` what became of it, later. */
  perform(action: RunAction, reports: RunReports): void;
  /** Kills what runs and removes what it had, reporting nothing: to the engine it was interrupted. */
  close(): Promise<void>;
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Start = Extract<RunAction, { kind: 'start' }>;

/** Makes an executor, after ending what an earlier one with the same store left running. */
export function createExecutor(options: ExecutorOptions): Executor {
  const { command, emit, now, store } = options;
  const root = resolve(options.directory);
  const path = options.path ?? `${dirname(process.execPath)}:${systemPath}`;
  const running = new Map<string, { child: Child; gone: Promise<void> }>();
  const ledger = openLedger(store, now);
  let serial = 0;
  let entries = 0;
  let closed = false;
  mkdirSync(root, { recursive: true, mode: 0o700 });

  return {
    perform: (action, reports) => {
      if (closed) return;
      if (action.kind === 'start') start(action, reports);
      else running.get(action.execution)?.child.signal(action.signal);
    },
    close: async () => {
      closed = true;
      for (const { child } of running.values()) child.signal('SIGKILL');
      await Promise.all([...running.values()].map(({ gone }) => gone));
    },
  };

  function start(action: Start, reports: RunReports): void {
    const { execution, attempt, image, labels } = action;
    const program = command(image, labels);
    if (!program) {
      reports.couldNotStart(execution, `Image '${image}' not found.`);
      return;
    }
    serial += 1;
    const directory = join(root, `${parseExecution(execution).execution}-${attempt}-${serial}`);
    ledger.opening(execution, directory);
    const finish = (): void => {
      running.delete(execution);
      try {
        removePrivateDirectory(directory);
        ledger.closed(execution);
      } catch {
        // Still in the ledger: the next start removes it.
      }
    };
    // Only once the ledger and the engine's own record are in the store's file: a process that was killed between a start
    // and its record would start the same execution again.
    queueMicrotask(() => {
      if (closed) return finish();
      try {
        launch(action, program, makePrivateDirectory(directory, action.files), reports, finish);
      } catch (error) {
        finish();
        reports.couldNotStart(execution, error instanceof Error ? error.message : String(error));
      }
    });
  }

  function launch(
    action: Start,
    program: LocalProgram,
    own: PrivateDirectory,
    reports: RunReports,
    finish: () => void,
  ): void {
    const { execution, attempt } = action;
    let gone = (): void => {};
    const whenGone = new Promise<void>((done) => {
      gone = done;
    });
    const end = (report: () => void): void => {
      finish();
      gone();
      if (!closed) report();
    };
    const [file = program.file, ...first] = action.command;
    const args = action.args.length > 0 || action.command.length > 0 ? action.args : program.args;
    const child = runChild(
      {
        file: file.includes('/') ? resolve(program.directory, file) : file,
        args: [...first, ...(args ?? [])],
        cwd: own.home,
        env: environment(action, own, path),
        mark: `TMPDIR=${own.temporary}`,
      },
      {
        line: (stream, text, partial) => log(action, stream, text, partial),
        spawned: () => {
          if (!closed) reports.started(execution);
        },
        ended: (how) => end(() => reports.exited(execution, how)),
        failed: (message) => end(() => reports.couldNotStart(execution, message)),
      },
    );
    running.set(execution, { child, gone: whenGone });
    if (child.pid !== undefined) ledger.running(execution, attempt, own.path, child.pid);
  }

  function log(
    { execution, labels, attempt }: Start,
    stream: 'stdout' | 'stderr',
    text: string,
    partial: boolean,
  ): void {
    const at = now();
    entries += 1;
    const said = partial
      ? { severity: 'DEFAULT' as const, payload: { text }, labels: {} }
      : entryOf(text);
    emit({
      timestamp: at,
      ...said,
      logName: logName(execution, `run.googleapis.com/${stream}`),
      resource: resourceOf(execution),
      insertId: `${String(at).padStart(15, '0')}-${String(entries).padStart(9, '0')}`,
      labels: logLabels({ ...said.labels, ...labels }, execution, attempt),
    });
  }
}

/** Exactly what the job says and what Cloud Run and an image would add: nothing of this process's own. */
function environment(
  { execution, attempt, env }: Start,
  own: PrivateDirectory,
  path: string,
): { [name: string]: string } {
  const name = parseExecution(execution);
  return {
    PATH: path,
    ...env,
    HOME: own.home,
    TMPDIR: own.temporary,
    CLOUD_RUN_JOB: name.job,
    CLOUD_RUN_EXECUTION: name.execution,
    CLOUD_RUN_TASK_INDEX: '0',
    CLOUD_RUN_TASK_ATTEMPT: String(attempt),
    CLOUD_RUN_TASK_COUNT: '1',
    ...(own.credentials === undefined ? {} : { AL_CREDENTIALS_PATH: own.credentials }),
  };
}
