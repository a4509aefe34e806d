import assert from 'node:assert/strict';
import type { AuditEntry } from '../../../shared/audit/audit.ts';
import type { Call } from '../../../shared/calls/call.ts';
import type { Run } from '../../../shared/runs/run.ts';
import type { Stage } from '../stage.ts';

export { assert };

/** Every run by id. */
export async function runsOf({ world }: Stage): Promise<Map<string, Run>> {
  const found = await world.ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
  return new Map(found.map(({ id, data }) => [id, data]));
}

/** How the runs ended, `<agent> <state>: <reason>`, in the order of the alphabet. */
export async function endings(stage: Stage): Promise<string[]> {
  const runs = [...(await runsOf(stage)).values()];
  return runs.map(({ agent, state, reason }) => `${agent} ${state}: ${reason}`).sort();
}

/** Throws unless the runs ended like this. */
export async function expectEndings(stage: Stage, ...expected: string[]): Promise<void> {
  assert.deepEqual(await endings(stage), expected.sort());
}

/** Throws unless people's changes stand in the audit once each, as `<action> <target>`. */
export async function expectAudit(stage: Stage, ...expected: string[]): Promise<void> {
  const query = { collection: 'audit', limit: 1_000 };
  const found = await stage.world.ports.documents.query<AuditEntry>(query);
  const actions = found.map(({ data: { action, target } }) => `${action} ${target}`);
  assert.deepEqual(actions.sort(), expected.sort());
}

/** What each call came to, by id: its value, or why it came to nothing; its state while it is open. */
export async function answersOf({ world }: Stage): Promise<{ [call: string]: string | null }> {
  const found = await world.ports.documents.query<Call>({ collection: 'calls', limit: 1_000 });
  return Object.fromEntries(
    found.map(({ id, data: { state, returnValue, error } }) => [
      id,
      state === 'pending' ? state : (error ?? returnValue),
    ]),
  );
}
