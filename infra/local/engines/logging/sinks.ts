import { EngineError, type Json, type Store } from '../engine.ts';
import type { StoredEntry } from './entry.ts';
import { entryJson } from './entry-json.ts';
import { compileFilter, type Matcher } from './filter/compile.ts';
import { formatTime } from './times.ts';

/** Every entry that matches is exported to a Pub/Sub topic (google.logging.v2.LogSink). */
export interface Sink {
  name: string;
  filter: string;
  /** `projects/<project>/topics/<topic>`. */
  destination: string;
}

/** Hands one exported entry to Pub/Sub; may throw an {@link EngineError}. */
export type Publish = (
  topic: string,
  message: { data: Buffer; attributes: { [name: string]: string } },
) => void;

export interface Sinks {
  /** Throws ALREADY_EXISTS, or INVALID_ARGUMENT for a bad name or filter. */
  create(sink: Sink): void;
  /** Throws NOT_FOUND. */
  delete(name: string): void;
  list(): Sink[];
  /** Exports `entry` through every sink that it matches. Answers with the sinks that could not, and why. */
  export(entry: StoredEntry): { sink: Sink; reason: string }[];
}

const table = 'logging.sinks';

export function openSinks(store: Store, publish: Publish): Sinks {
  const sinks = new Map<string, { sink: Sink; matches: Matcher }>();
  for (const [name, row] of store.entries(table)) {
    const sink = row as unknown as Sink;
    sinks.set(name, { sink, matches: compileFilter(sink.filter) });
  }
  return {
    create: (sink) => {
      if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(sink.name))
        throw new EngineError('INVALID_ARGUMENT', `Invalid sink name: '${sink.name}'`);
      if (sinks.has(sink.name))
        throw new EngineError('ALREADY_EXISTS', `Sink ${sink.name} already exists`);
      sinks.set(sink.name, { sink: { ...sink }, matches: compileFilter(sink.filter) });
      store.put(table, sink.name, { ...sink } as Json);
    },
    delete: (name) => {
      if (!sinks.delete(name)) throw new EngineError('NOT_FOUND', `Sink ${name} does not exist`);
      store.delete(table, name);
    },
    list: () => [...sinks.values()].map(({ sink }) => ({ ...sink })),
    export: (entry) => {
      const failures: { sink: Sink; reason: string }[] = [];
      for (const { sink, matches } of sinks.values()) {
        if (!matches(entry)) continue;
        try {
          publish(sink.destination, message(entry));
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          failures.push({ sink, reason: error.message });
        }
      }
      return failures;
    },
  };
}

/** One entry, one message; a sink sets no ordering key. */
function message(entry: StoredEntry): Parameters<Publish>[1] {
  return {
    data: Buffer.from(JSON.stringify(entryJson(entry))),
    attributes: { 'logging.googleapis.com/timestamp': formatTime(entry.timestamp) },
  };
}
