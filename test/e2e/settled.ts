import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createFileStore } from '../../infra/local/file-store.ts';
import type { AgentState } from '../../shared/agents/state.ts';
import { runResource } from '../../shared/runs/labels.ts';
import { runOfJob } from '../../shared/runs/names.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { isOver, type RunState } from '../../shared/runs/states.ts';
import { deliveryOf } from '../../shared/runs/trigger.ts';
import { eventually } from '../drover.ts';
import { cloudOf } from './cloud.ts';
import { isAlive, type Program } from './program.ts';
import type { Site } from './site.ts';

/** Runs by agent, by delivery: what was answered with 200. */
export type Accepted = Map<string, { [agent: string]: string }>;

/**
 * Longest time for everything to end, in ms: a wake-up that was lost costs a sweep of 60 s (D1), a launch that was caught its
 * lease of 30 s (D5), and the machine is busy with the other cases.
 */
const patienceMs = 100_000;

/**
 * Waits until every run is over and cleaned up, and holds what is left against what must hold (design: what must always
 * hold, 1, 2, 3, 6 and 7); then ends the start. Answers with the runs. What fails shows the run documents.
 */
export async function expectSettled(
  site: Site,
  program: Program,
  accepted: Accepted,
): Promise<{ [id: string]: Run }> {
  try {
    const runs = await eventually(async () => {
      const found = await site.runs();
      const all = Object.values(found);
      return all.length > 0 && all.every((run) => run.cleanedAt !== null) && found;
    }, patienceMs);
    await expectOneRunEach(site, runs, accepted);
    await expectNothingLeft(site, runs);
    program.send('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expectStartedOnce(site, runs);
    return runs;
  } catch (cause) {
    const documents = JSON.stringify(await site.runs(), null, 1);
    const message = cause instanceof Error ? cause.message : String(cause);
    const said = `${program.output()}${program.errors()}`;
    throw new Error(`${message}\nruns: ${documents}\nstart: ${said}`, { cause });
  }
}

async function expectOneRunEach(
  { port }: Site,
  runs: { [id: string]: Run },
  accepted: Accepted,
): Promise<void> {
  const causes = Object.values(runs).map(({ trigger, agent }) => `${deliveryOf(trigger)} ${agent}`);
  expect(causes).toHaveLength(new Set(causes).size);
  for (const [delivery, answered] of accepted) {
    for (const [agent, id] of Object.entries(answered)) {
      expect(runs[id]).toMatchObject({ agent, trigger: { delivery: `github:${delivery}` } });
    }
  }
  const { documents } = cloudOf(port);
  for (const [id, run] of Object.entries(runs)) {
    expect(run, id).toMatchObject({ dueAt: null, lease: null });
    const journal = await documents.query<RunJournalEntry>({
      collection: `runs/${id}/events`,
      limit: 100,
    });
    const endings = journal.filter(({ data }) => isOver(data.to as RunState));
    expect(endings.map(({ data }) => data.to)).toEqual([run.state]);
  }
}

async function expectNothingLeft(site: Site, runs: { [id: string]: Run }): Promise<void> {
  const { documents, jobs, secrets } = cloudOf(site.port);
  expect(await jobs.list(runResource)).toEqual([]);
  expect(await secrets.list(runResource)).toEqual([]);
  for (const agent of new Set(Object.values(runs).map((run) => run.agent))) {
    const slots = await documents.get<AgentState>(`agents/${agent}`);
    expect(slots?.data.inFlight, agent).toEqual([]);
  }
  expect(readdirSync(join(site.state, 'executions'))).toEqual([]);
  expect(site.journal().filter(({ pid }) => isAlive(pid))).toEqual([]);
}

/** By what the agents wrote themselves, and by the executor's own ledger, which only grows. */
function expectStartedOnce({ state, journal }: Site, runs: { [id: string]: Run }): void {
  const begun = journal().filter(({ what }) => what === 'begin');
  const ran = begun.map(({ execution }) => execution.replace(/-a\d+$/, ''));
  expect(ran).toHaveLength(new Set(ran).size);

  const store = createFileStore(join(state, 'cloud.jsonl'));
  const ledger = store.entries('executor.started').map(([, row]) => {
    const { execution } = row as { execution: string };
    return /\/jobs\/([^/]+)\//.exec(execution)?.[1] ?? '';
  });
  store.close();
  expect(ledger).toHaveLength(new Set(ledger).size);
  for (const [id, run] of Object.entries(runs)) {
    if (run.state !== 'succeeded') continue;
    expect(ledger.map(runOfJob)).toContain(id);
    expect(ran.map(runOfJob)).toContain(id);
  }
}
