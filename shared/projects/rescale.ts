import { type Actor, auditWrite } from '../audit/audit.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { makeCurrent } from './make-current.ts';
import { agentIn, type Project } from './project.ts';
import { type Current, currentPath, pointerMs, type Release } from './release.ts';
import { contentsOf, readRelease, releaseFormat, releaseId } from './release-format.ts';

/** What is scaled: an agent, or the whole project. */
export interface Scaling {
  /** Default: the project. */
  agent?: string;
  /** Runs at one time, at least 1: who wants none pauses, which can be told from a mistake. */
  scale: number;
}

/** What became of it: the release that is current now, and whether that is another one than before. */
export type Rescaled =
  | { ok: true; release: string; changed: boolean }
  | { ok: false; reason: 'nothing_published' | 'no_such_agent' };

/**
 * Publishes the current release with another `scale`, and records who did it, in one commit; then wakes whoever may have more
 * slots now. It holds until the project's files are published again, which say what they say.
 */
export async function rescale(ports: Ports, scaling: Scaling, actor: Actor): Promise<Rescaled> {
  let agents: string[] = [];
  const rescaled = await optimistically(ports, async (commit): Promise<Rescaled> => {
    const current = await ports.documents.get<Current>(currentPath);
    if (!current) return { ok: false, reason: 'nothing_published' };
    const { release: before, history = [] } = current.data;
    const found = await ports.documents.get(`releases/${before}`);
    if (!found) return { ok: false, reason: 'nothing_published' };
    const release = readRelease(before, found.data);
    const project = contentsOf(release);
    const scaled = withScale(project, scaling);
    if (!scaled) return { ok: false, reason: 'no_such_agent' };
    agents = scaling.agent === undefined ? Object.keys(scaled.agents) : [scaling.agent];
    if (sameScale(project, scaling)) return { ok: true, release: before, changed: false };
    const id = releaseId(scaled);
    const known = await ports.documents.get(`releases/${id}`);
    const publishedAt = new Date(ports.clock.now()).toISOString();
    const data: Release = {
      ...scaled,
      publishedAt,
      publishedBy: actor.who,
      format: releaseFormat,
      ...(release.drover !== undefined && { drover: release.drover }),
    };
    await commit([
      ...(known ? [] : [{ op: 'create', path: `releases/${id}`, data } as const]),
      ...(await makeCurrent(ports, current, {
        before: project,
        id,
        project: scaled,
        by: actor.who,
        history: [before, ...history],
      })),
      auditWrite(ports, actor, `${scaling.agent ? 'agent' : 'project'}.scale`, targetOf(scaling)),
    ]);
    return { ok: true, release: id, changed: true };
  });
  if (rescaled.ok) await wakeAll(ports, agents);
  return rescaled;
}

/** At once, and again when every instance knows the new release. */
async function wakeAll(ports: Ports, agents: readonly string[]): Promise<void> {
  const known = ports.clock.now() + pointerMs;
  const wakes = agents.flatMap((agent) => [
    wakeDispatch(ports, agent),
    wakeDispatch(ports, agent, known),
  ]);
  await Promise.all(wakes);
}

function targetOf({ agent }: Scaling): string {
  return agent === undefined ? currentPath : `agents/${agent}`;
}

function sameScale(project: Project, scaling: Scaling): boolean {
  const scaled = scaling.agent === undefined ? project : agentIn(project, scaling.agent);
  const now = scaled?.scale;
  return now === scaling.scale;
}

function withScale(project: Project, { agent, scale }: Scaling): Project | undefined {
  if (agent === undefined) return { ...project, scale };
  const known = agentIn(project, agent);
  return known && { ...project, agents: { ...project.agents, [agent]: { ...known, scale } } };
}
