import { describe, expect, it } from 'vitest';
import { createApp } from '../../functions/http/app.ts';
import { jsonLog } from '../../functions/http/log.ts';
import { type MetricId, metrics } from '../../infra/monitoring/metrics.ts';
import { readAgentState } from '../../shared/agents/state.ts';
import { admit } from '../../shared/agents/test-runs.ts';
import { sweepLocks } from '../../shared/locks/sweep-locks.ts';
import { logLines } from '../../shared/log-lines.ts';
import { CloudError, type Log, type Ports } from '../../shared/ports/index.ts';
import type { Agent } from '../../shared/projects/project.ts';
import { runLabels } from '../../shared/runs/labels.ts';
import { runSecretId } from '../../shared/runs/names.ts';
import { lockWorld } from '../locks/world.ts';
import { agentOf, projectOf } from '../project.ts';
import { createWorld, type WorldOptions } from '../world.ts';
import { type Entry, matches, textAt } from './matches.ts';

const minuteMs = 60_000;

const noBudget = agentOf({}).budget;

/** A log that is written as functions write theirs, and what Cloud Logging makes of it. */
function keeping(): { entries: Entry[]; log: Log } {
  const entries: Entry[] = [];
  const log = jsonLog('acme-drover', (line) => {
    // Cloud Run takes these out of a line, and leaves the rest as its payload.
    const { severity, time, ...jsonPayload } = JSON.parse(line) as Entry['jsonPayload'];
    if (typeof time !== 'string') throw new Error('a line without a time');
    entries.push({ ...stdout, severity: String(severity), jsonPayload });
  });
  return { entries, log };
}

const stdout = {
  logName: 'projects/acme-drover/logs/run.googleapis.com%2Fstdout',
  resource: { type: 'cloud_run_revision', labels: { service_name: 'drover-tick' } },
};

/** A world whose functions keep what they log. */
async function worldOf(agent: Partial<Agent>, options: Partial<WorldOptions> = {}) {
  const { entries, log } = keeping();
  const { wrap = (ports: Ports) => ports, ...others } = options;
  const world = await createWorld({
    project: projectOf({ triage: agent }),
    wrap: (ports) => ({ ...wrap(ports), log }),
    ...others,
  });
  return { world, entries };
}

/** Has functions write what each metric counts, and answers with all that they wrote. */
const scenarios: { readonly [metric in MetricId]: () => Promise<readonly Entry[]> } = {
  'drover-errors': async () => {
    const { entries, log } = keeping();
    const app = createApp(log);
    app.get('/', () => {
      throw new Error('a bug');
    });
    await app.request('/');
    return entries;
  },
  'drover-stuck-runs': async () => {
    let delivers = true;
    const { world, entries } = await worldOf({ timeout: 60 }, { delivers: () => delivers });
    await world.deliver('1');
    await world.settle();
    // Nobody polls it from now on.
    delivers = false;
    await world.advance(60 * minuteMs);
    await world.sweep();
    return entries;
  },
  'drover-queue-age': async () => {
    const { world, entries } = await worldOf({ scale: 1, timeout: 7_200 });
    for (const id of ['1', '2']) await world.deliver(id);
    await world.advance(10 * minuteMs);
    await world.sweep();
    return entries;
  },
  'drover-overdue-locks': async () => {
    const { entries, log } = keeping();
    const { acquire, advance, ports } = await lockWorld(['dev-a']);
    await acquire('dev-a', 'x:1', 60);
    await advance(2 * minuteMs);
    await sweepLocks({ ...ports, log });
    return entries;
  },
  'drover-leaked-secrets': async () => {
    const { world, entries } = await worldOf({});
    const labels = runLabels('triage-aaaaaaaa', 'triage');
    await world.ports.secrets.create({ id: runSecretId('triage-aaaaaaaa', 1), labels });
    await world.advance(10 * minuteMs);
    await world.sweep();
    return entries;
  },
  'drover-quota-refusals': async () => {
    const { world, entries } = await worldOf(
      {},
      {
        wrap: (ports) => ({
          ...ports,
          jobs: {
            ...ports.jobs,
            start: async () => {
              throw new CloudError('resource_exhausted', 'Quota exceeded');
            },
          },
        }),
      },
    );
    await world.deliver('1');
    await world.settle();
    return entries;
  },
  'drover-budget-spent': async () => {
    const { world, entries } = await worldOf({ budget: { ...noBudget, runsPerDay: 1 } });
    for (const id of ['1', '2']) await world.deliver(id);
    await world.settle();
    return entries;
  },
  'drover-agents-paused': async () => {
    const budget = { ...noBudget, failuresInARow: 1 };
    const { world, entries } = await worldOf(
      { budget },
      {
        container: () => ({ exitCode: 1 }),
      },
    );
    await world.deliver('1');
    await world.settle();
    expect((await readAgentState(world.ports, 'triage')).data.paused).not.toBeNull();
    return entries;
  },
  'drover-runs-ended': ended,
  'drover-launch-seconds': ended,
};

async function ended(): Promise<readonly Entry[]> {
  const { world, entries } = await worldOf({}, { container: () => ({ exitCode: 0 }) });
  await admit(world.ports, 'triage', 1);
  await world.deliver('1');
  await world.settle();
  return entries;
}

describe('each log-based metric', () => {
  it.each(metrics)(
    '$id counts a line that a function writes, and what it takes of it is there',
    async ({ id, filter, labels, measures }) => {
      const counted = (await scenarios[id]()).filter((entry) => matches(filter, entry));
      expect(counted).not.toEqual([]);
      const [entry] = counted;
      if (!entry) return;
      for (const field of Object.values(labels)) expect(textAt(entry, field)).not.toBe('');
      if (measures) expect(Number(textAt(entry, measures.field))).toBeGreaterThanOrEqual(0);
    },
  );

  it('counts nothing while all is well, but for what is meant to be: ends and launches', async () => {
    const entries = await ended();
    const counting = metrics.filter(({ filter }) => entries.some((each) => matches(filter, each)));
    expect(counting.map(({ id }) => id)).toEqual(['drover-runs-ended', 'drover-launch-seconds']);
  });

  it('looks for the words of every line that is meant to be counted', () => {
    const filters = metrics.map(({ filter }) => filter).join('\n');
    for (const line of Object.values(logLines)) expect(filters).toContain(`"${line}"`);
  });

  it('takes no answer to a caller that may try again for an error', () => {
    const { filter } = metrics[0];
    const request = {
      ...stdout,
      logName: 'projects/acme-drover/logs/run.googleapis.com%2Frequests',
      severity: 'ERROR',
      jsonPayload: {},
    };
    expect(matches(filter, request)).toBe(false);
    expect(matches(filter, { ...request, logName: stdout.logName })).toBe(true);
    const other = { type: 'cloud_run_revision', labels: { service_name: 'a-shop' } };
    expect(matches(filter, { ...request, logName: stdout.logName, resource: other })).toBe(false);
  });
});
