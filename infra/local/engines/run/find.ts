import { EngineError } from '../engine.ts';
import { badName, notFound } from './names.ts';
import type { RunState } from './state.ts';
import type { ExecutionRecord, JobRecord } from './types.ts';

/** Refuses what lies in another project or region: this cloud has one of each. */
export function checkLocation(state: RunState, name: string, permission: string): void {
  if (name === state.location || name.startsWith(`${state.location}/`)) return;
  if (!/^projects\/[^/]+\/locations\/[^/]+/.test(name)) throw badName('name', name);
  throw new EngineError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '${name}' (or resource may not exist).`,
  );
}

export function findJob(state: RunState, name: string, permission: string): JobRecord {
  checkLocation(state, name, permission);
  const job = state.jobs.get(name);
  if (!job) throw notFound(name);
  return job;
}

/** An execution that its readers may see: one that is being deleted is gone for them. */
export function findExecution(state: RunState, name: string, permission: string): ExecutionRecord {
  checkLocation(state, name, permission);
  const execution = state.executions.get(name);
  if (!execution || execution.deleted) throw notFound(name);
  return execution;
}

/** Optimistic locking: a write that names an etag is refused when the resource has another. */
export function checkEtag(id: string, given: string | undefined, actual: string): void {
  if (given === undefined || given === '' || given === actual) return;
  throw new EngineError(
    'ABORTED',
    `Conflict for resource '${id}': version '${given}' was specified but current version is '${actual}'.`,
  );
}
