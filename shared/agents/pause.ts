import { type Actor, auditWrite } from '../audit/audit.ts';
import { optimistically } from '../optimistic.ts';
import { type Ports, SERVER_TIME } from '../ports/index.ts';
import { createReleases, currentPath } from '../projects/release.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { newestQueued } from './queue.ts';
import { agentPath, type Pause, readAgentState, readCurrent, writeAgentState } from './state.ts';
import { makeDue, makeOneDue, type WaitingAgent, waitingAgents } from './waiting-agents.ts';
import { wakeSharers } from './wake-next.ts';

/**
 * Pauses an agent: its triggers are admitted and wait, what has a slot goes on (D10). Answers whether that changed anything:
 * the first pause and its reason stand until somebody resumes.
 */
export async function pauseAgent(ports: Ports, agent: string, actor: Actor): Promise<boolean> {
  let paused: Pause | undefined;
  const isPaused = await optimistically(ports, async (commit) => {
    const state = await readAgentState(ports, agent);
    paused ??= pauseOf(ports, actor);
    // A commit of ours whose answer was lost has paused it as well.
    if (state.data.paused) return isSame(state.data.paused, paused);
    await commit([
      writeAgentState(state, { paused }),
      auditWrite(ports, actor, 'agent.pause', agentPath(agent)),
    ]);
    return true;
  });
  // Its share of the project's slots is now somebody else's.
  if (isPaused) await wakeSharers(ports, createReleases(ports));
  return isPaused;
}

/**
 * Resumes an agent, and wakes it. What was admitted until now does not count against the size of its queue, and its streak of
 * failures begins anew. Answers whether that changed anything.
 */
export async function resumeAgent(ports: Ports, agent: string, actor: Actor): Promise<boolean> {
  let hasTried = false;
  const isResumed = await optimistically(ports, async (commit) => {
    const [state, last] = await Promise.all([
      readAgentState(ports, agent),
      newestQueued(ports, agent),
    ]);
    // A commit of ours whose answer was lost has resumed it as well.
    if (!state.data.paused) return hasTried;
    hasTried = true;
    await commit([
      writeAgentState(state, { paused: null, resumedAt: SERVER_TIME, failures: 0 }),
      ...(last ? [makeDue(last, ports.clock.now())] : []),
      auditWrite(ports, actor, 'agent.resume', agentPath(agent)),
    ]);
    return true;
  });
  if (isResumed) await wakeDispatch(ports, agent);
  return isResumed;
}

/** Pauses the whole project, as {@link pauseAgent} does an agent. There is nothing to pause before the first publication. */
export async function pauseProject(ports: Ports, actor: Actor): Promise<boolean> {
  let paused: Pause | undefined;
  return optimistically(ports, async (commit) => {
    const current = await readCurrent(ports);
    if (!current) return false;
    paused ??= pauseOf(ports, actor);
    if (current.data.paused) return isSame(current.data.paused, paused);
    await commit([
      { op: 'update', path: currentPath, version: current.version, fields: { paused } },
      auditWrite(ports, actor, 'project.pause', currentPath),
    ]);
    return true;
  });
}

/** Resumes the project, and wakes every agent of it that has queued runs. Agents that are paused themselves stay so. */
export async function resumeProject(ports: Ports, actor: Actor): Promise<boolean> {
  const releases = createReleases(ports);
  const waiting = async (): Promise<WaitingAgent[]> => {
    const published = await releases.current();
    return waitingAgents(ports, Object.keys(published?.release.agents ?? {}));
  };
  let tried: WaitingAgent[] | undefined;
  const resumed = await optimistically(ports, async (commit) => {
    const [current, agents] = await Promise.all([readCurrent(ports), waiting()]);
    if (!current?.data.paused) return tried;
    tried = agents;
    const { version } = current;
    await commit([
      {
        op: 'update',
        path: currentPath,
        version,
        fields: { paused: null, resumedAt: SERVER_TIME },
      },
      ...makeOneDue(agents, ports.clock.now()),
      auditWrite(ports, actor, 'project.resume', currentPath),
    ]);
    return agents;
  });
  if (!resumed) return false;
  const wake = (agents: readonly WaitingAgent[]): Promise<unknown> =>
    Promise.all(agents.map(({ agent }) => wakeDispatch(ports, agent)));
  await wake(resumed);
  // Whoever was admitted meanwhile may have been looked at while the pause still stood.
  const later = await waiting();
  await wake(later.filter(({ agent }) => !resumed.some((one) => one.agent === agent)));
  return true;
}

function pauseOf({ clock }: Pick<Ports, 'clock'>, { who, why }: Actor): Pause {
  return { at: new Date(clock.now()).toISOString(), by: who, why };
}

function isSame(one: Pause, other: Pause): boolean {
  return one.at === other.at && one.by === other.by && one.why === other.why;
}
