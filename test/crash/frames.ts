import { findSourceMap } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from '../../infra/local/repository.ts';

/** A place in the sources as they were written. */
export interface Place {
  /** Path below the root of the repository. */
  file: string;
  /** Counted from 1. */
  line: number;
}

/** Frames that are looked at: the call of a port is at most some wrappers away from the function that makes it. */
const depth = 14;

/** What was found once, by the place as the engine names it: a life makes the same calls again and again. */
const known = new Map<string, Place | undefined>();

/** The functions that are being called now, from the nearest on, as places in the sources; others than our own are left out. */
export function callers(): Place[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let frames: NodeJS.CallSite[] = [];
  try {
    Error.stackTraceLimit = depth;
    Error.prepareStackTrace = (_error, seen) => {
      frames = seen;
      return '';
    };
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, callers);
    // The frames are there once the stack is read.
    void holder.stack;
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
  return frames.flatMap((frame) => placeOf(frame) ?? []);
}

function placeOf(frame: NodeJS.CallSite): Place | undefined {
  const file = frame.getFileName();
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  if (!file || line === null || column === null) return undefined;
  const key = `${file}:${line}:${column}`;
  if (!known.has(key)) known.set(key, written(frame, file, line, column));
  return known.get(key);
}

/** The place as it was written: tests run what was made of it, and so does the build. */
function written(
  frame: NodeJS.CallSite,
  file: string,
  line: number,
  column: number,
): Place | undefined {
  // Whoever transforms sources as they are loaded has taught `Error` to tell of them.
  const told = Error.prepareStackTrace?.(new Error(), [frame]);
  const [, path, number] = /\(?((?:file:\/\/)?\/[^\n]*?):(\d+):\d+\)?$/.exec(String(told)) ?? [];
  if (path !== undefined) return ours(path, Number(number));
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  return entry && 'originalSource' in entry
    ? ours(entry.originalSource, entry.originalLine + 1)
    : ours(file, line);
}

function ours(path: string, line: number): Place | undefined {
  const file = relative(repositoryRoot(), path.startsWith('file:') ? fileURLToPath(path) : path);
  return /^(shared|functions)\//.test(file) ? { file, line } : undefined;
}
