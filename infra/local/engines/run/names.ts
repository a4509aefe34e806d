import { EngineError } from '../engine.ts';

/** The parts of an execution's full name. */
export interface ExecutionName {
  project: string;
  region: string;
  job: string;
  execution: string;
}

const executionPattern =
  /^projects\/([^/]+)\/locations\/([^/]+)\/jobs\/([^/]+)\/executions\/([^/]+)$/;

/** Takes a full execution name apart; throws INVALID_ARGUMENT when it is none. */
export function parseExecution(name: string): ExecutionName {
  const match = executionPattern.exec(name);
  const [, project, region, job, execution] = match ?? [];
  if (!project || !region || !job || !execution) throw badName('name', name);
  return { project, region, job, execution };
}

/** The last segment of a resource name. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

export function jobOfExecution(name: string): string {
  return name.slice(0, name.indexOf('/executions/'));
}

export function taskName(execution: string): string {
  return `${execution}/tasks/${shortName(execution)}-task0`;
}

export function badName(field: string, value: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', `${field}: invalid resource name "${value}"`);
}

export function notFound(name: string): EngineError {
  return new EngineError(
    'NOT_FOUND',
    `Resource '${shortName(name)}' of kind '${kindOf(name)}' in region '${regionOf(name)}' in project '${projectOf(name)}' does not exist.`,
  );
}

export function alreadyExists(id: string): EngineError {
  return new EngineError('ALREADY_EXISTS', `Resource '${id}' already exists.`);
}

function kindOf(name: string): string {
  const collection = name.split('/').at(-2) ?? '';
  return collection.replace(/s$/, '').toUpperCase();
}

function projectOf(name: string): string {
  return name.split('/')[1] ?? '';
}

function regionOf(name: string): string {
  return name.split('/')[3] ?? '';
}

/** Five letters and digits: what Cloud Run adds to a job's id to name an execution without a token. */
export function suffix(random: () => number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  let made = '';
  while (made.length < 5) made += letters[Math.floor(random() * letters.length)] ?? 'a';
  return made;
}

/** A version 4 UUID. */
export function uuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () =>
    Math.floor(random() * 16).toString(16),
  );
}
