import type { Log, Span, Spans } from '../../shared/ports/index.ts';
import type { App } from '../http/listener.ts';
import { readTraceSettings } from './settings.ts';

/** Whoever collects the spans of one function. */
export interface Collecting extends Spans {
  /** The app, with each of its requests a span. It loads what hands spans over (D16). */
  traced(app: App): Promise<App>;
}

/**
 * Spans go where the function's variables say; undefined where they say nothing: then nothing of it is loaded. Variables that
 * cannot be used are told, and keep no function from starting.
 */
export function spansTo(
  variables: NodeJS.ProcessEnv,
  place: { name: string; project: string; region: string },
  log: Log,
): Collecting | undefined {
  const settings = readTraceSettings(variables, place);
  if (!settings) return undefined;
  if ('wrong' in settings) {
    log.warn('spans are not collected', { error: settings.wrong });
    return undefined;
  }
  let record = (_: Span): void => undefined;
  return {
    record: (span) => record(span),
    traced: async (app) => {
      const [{ createExporter }, { traced }] = await Promise.all([
        import('./exporter.ts'),
        import('./traced.ts'),
      ]);
      const exporter = createExporter(settings, { log });
      record = exporter.record;
      return traced(app, place.name, exporter);
    },
  };
}
