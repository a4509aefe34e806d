import { closeSync, existsSync, fstatSync, openSync, readSync, watch } from 'node:fs';

/** A log line of the functions. */
export interface LogLine {
  message: string;
  [field: string]: unknown;
}

/**
 * Tells each whole line of a growing file as soon as it is there, from the beginning on. Lines that are no JSON objects are told as
 * messages.
 */
export function tail(file: string, hear: (line: LogLine) => void): { stop(): void } {
  let offset = 0;
  let rest = '';
  const read = (): void => {
    if (!existsSync(file)) return;
    const opened = openSync(file, 'r');
    try {
      const { size } = fstatSync(opened);
      const bytes = Buffer.alloc(size - offset);
      offset += readSync(opened, bytes, 0, bytes.length, offset);
      const lines = (rest + bytes.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(parse(Buffer.from(line, 'latin1').toString()));
    } finally {
      closeSync(opened);
    }
  };
  read();
  const watcher = watch(file, read);
  return { stop: () => watcher.close() };
}

function parse(text: string): LogLine {
  try {
    const line = JSON.parse(text) as Partial<LogLine> | null;
    if (typeof line?.message === 'string') return { ...line, message: line.message };
  } catch {
    // Said by something else than the functions' log.
  }
  return { message: text };
}
