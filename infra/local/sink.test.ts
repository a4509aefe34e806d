import { describe, expect, it } from 'vitest';
import { memoryStore } from './engines/engine.ts';
import type { LogEntry } from './engines/log-entry.ts';
import { createLoggingEngine } from './engines/logging/engine.ts';
import { createPubSubEngine } from './engines/pubsub/engine.ts';
import { installLogSink } from './sink.ts';

const project = 'demo';
const subscription = (port: number) => ({
  name: `projects/${project}/subscriptions/drover-logs`,
  topic: `projects/${project}/topics/drover-logs`,
  endpoint: `http://127.0.0.1:${port}/logs`,
  ackDeadlineSeconds: 60,
});

const at = Date.parse('2026-11-21T10:00:00.250Z');

function localCloud(store = memoryStore()) {
  const context = { now: () => at, random: () => 0.5, store };
  const pubsub = createPubSubEngine(context, { window: { initial: 10, max: 10 } });
  const logging = createLoggingEngine(context, { project, publish: pubsub.publish });
  return { logging, pubsub, store };
}

const line = (job: string, insertId = 'a'): LogEntry => ({
  logName: `projects/${project}/logs/run.googleapis.com%2Fstdout`,
  resource: { type: 'cloud_run_job', labels: { job_name: job } },
  timestamp: at,
  insertId,
  severity: 'DEFAULT',
  labels: { 'run.googleapis.com/execution_name': `${job}-x` },
  payload: { text: 'hello' },
});

describe('the log sink', () => {
  it("turns a line of one of Drover's jobs into a push, and of no other job", () => {
    const { logging, pubsub } = localCloud();
    installLogSink({ logging, pubsub, subscription: subscription(8080) });
    logging.write(line('nightly'));
    logging.write(line('drover-a'));
    const pushes = pubsub.take();
    expect(pushes).toHaveLength(1);
    const { endpoint, message } = pushes[0] ?? {};
    expect(endpoint).toBe('http://127.0.0.1:8080/logs');
    expect(message?.attributes).toEqual({
      'logging.googleapis.com/timestamp': '2026-11-21T10:00:00.250Z',
    });
    expect(JSON.parse(Buffer.from(message?.data ?? '', 'base64').toString())).toMatchObject({
      insertId: 'a',
      logName: 'projects/demo/logs/run.googleapis.com%2Fstdout',
      resource: { type: 'cloud_run_job', labels: { job_name: 'drover-a' } },
      labels: { 'run.googleapis.com/execution_name': 'drover-a-x' },
      textPayload: 'hello',
    });
  });

  it('is installed again at the next start, loses nothing, and pushes to the new address', () => {
    const first = localCloud();
    installLogSink({ ...first, subscription: subscription(8080) });
    first.logging.write(line('drover-a'));

    const second = localCloud(first.store);
    installLogSink({ ...second, subscription: subscription(9090) });
    second.logging.write(line('drover-a', 'b'));
    expect(second.pubsub.take().map(({ endpoint }) => endpoint)).toEqual([
      'http://127.0.0.1:9090/logs',
      'http://127.0.0.1:9090/logs',
    ]);
    expect(second.logging.sinks()).toHaveLength(1);
  });

  it('replaces a sink whose filter is another one', () => {
    const { logging, pubsub } = localCloud();
    const { topic } = subscription(8080);
    logging.createSink({ name: 'drover-logs', filter: 'severity>=ERROR', destination: topic });
    installLogSink({ logging, pubsub, subscription: subscription(8080) });
    logging.write(line('drover-a'));
    expect(pubsub.take()).toHaveLength(1);
    expect(logging.sinks()).toHaveLength(1);
  });
});
