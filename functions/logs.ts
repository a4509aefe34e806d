import type { Hono } from 'hono';
import { Permanent } from '../shared/errors.ts';
import { text } from '../shared/json.ts';
import { hasCode } from '../shared/ports/index.ts';
import { readSinkEntry } from '../shared/runs/log-entry.ts';
import { createReturnGatherer } from '../shared/runs/logged-return.ts';
import { createLogGatherer } from '../shared/runs/logs.ts';
import { createUsageGatherer } from '../shared/runs/usage.ts';
import { wakePoll } from '../shared/runs/wake.ts';
import { allSettled } from '../shared/settled.ts';
import { createApp } from './http/app.ts';
import { parseObject } from './http/json.ts';
import { requireCaller } from './http/oidc.ts';
import type { Instance } from './instance.ts';

const nothing = Promise.resolve();

/** `POST /` from Pub/Sub, one LogEntry of the log sink: a line is kept with its run, and what it says of it, an ended execution wakes `poll` (D7). */
export function logs({ ports, releases, environment, readToken }: Instance): Hono {
  const app = createApp(ports.log);
  const gatherer = createLogGatherer(ports);
  const noteUsage = createUsageGatherer(ports, releases);
  const noteReturn = createReturnGatherer(ports);
  app.use(requireCaller(environment.callers.logs, readToken));
  app.post('/', async (context) => {
    const data = text(parseObject(await context.req.arrayBuffer()), 'message', 'data');
    const entry = parseObject(Buffer.from(data ?? '', 'base64'));
    if (!entry) throw new Permanent('a message of the log sink must hold a log entry');
    const read = readSinkEntry(entry);
    if (read.kind === 'ended') await wakePoll(ports, read.runId);
    if (read.kind === 'line') {
      try {
        const { runId, line, says } = read;
        await allSettled([
          gatherer.add(runId, line),
          says?.kind === 'usage' ? noteUsage(runId, says.usage) : nothing,
          says?.kind === 'return' ? noteReturn(runId, says.returned) : nothing,
        ]);
      } catch (error) {
        if (hasCode(error, 'invalid_argument')) {
          throw new Permanent(`a log line of ${read.runId} cannot be kept: ${error.message}`);
        }
        throw error;
      }
    }
    return context.body(null, 204);
  });
  return app;
}
