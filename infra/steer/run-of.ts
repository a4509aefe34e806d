import { Failure } from '../cli/errors.ts';
import type { Steering } from './command.ts';

/** What a name that may be a run's or an agent's stands for. */
export interface Named {
  /** Undefined: the agent has no run yet. */
  run: string | undefined;
  /** Undefined: it is the name of a run. */
  agent: string | undefined;
}

/** The run that a name stands for: that of this id, or else the newest of the agent of this name. Throws `NOT_FOUND`. */
export async function newestRun({ api, told }: Steering, name: string): Promise<Named> {
  try {
    const { id } = await told(api.v1.runs[':run'].$get({ param: { run: name } }), 'id');
    return { run: id, agent: undefined };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const query = { agent: name, limit: '1' };
  const { runs } = await told(api.v1.runs.$get({ query }), 'runs');
  const [newest] = runs;
  if (newest) return { run: newest.id, agent: name };
  try {
    await told(api.v1.agents[':agent'].$get({ param: { agent: name } }), 'name');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Failure('NOT_FOUND', `There is no run and no agent ${JSON.stringify(name)}.`, {
      cause: error,
    });
  }
  return { run: undefined, agent: name };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Failure && error.code === 'NOT_FOUND';
}

/** Time between two looks for a run that is to come, in ms. */
const lookMs = 2_000;

/** The run of an agent that was admitted after another, or after now; waits until there is one. */
export async function nextRun(
  { api, told, pause }: Steering,
  agent: string,
  after: string | undefined,
): Promise<string> {
  for (;;) {
    const { runs } = await told(api.v1.runs.$get({ query: { agent, limit: '20' } }), 'runs');
    const known = runs.findIndex(({ id }) => id === after);
    // Newest first: the one before it in the list came next.
    const next = known < 0 ? runs.at(-1) : runs[known - 1];
    if (next) return next.id;
    await pause(lookMs);
  }
}
