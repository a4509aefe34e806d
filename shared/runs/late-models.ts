import { afterModels } from '../agents/budget.ts';
import { readAgentState, writeAgentState } from '../agents/state.ts';
import { dollars } from '../costs/prices.ts';
import { withModels } from '../costs/run-cost.ts';
import { topicsOf } from '../notifications/decide.ts';
import { newNotice } from '../notifications/notice.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { agentIn } from '../projects/project.ts';
import type { Releases } from '../projects/release.ts';
import { sweepMs } from './due.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';

/** What an account of models means that comes after the end of its run. */
export interface LateModels {
  /** What changes on the run: its cost, and what people are to be told of it now. */
  set: Partial<Run>;
  /** What belongs into the same commit: the sums of its agent. */
  writes: Write[];
  /** Whether people are to be told that the budget of the day is used up: no other run may end today that would say so. */
  isToTell: boolean;
}

const nothing: LateModels = { set: {}, writes: [], isToTell: false };

/** What it means for a run, and the sums that this stands in, that its models have cost `models` US dollars. */
export async function lateModels(
  ports: Ports,
  releases: Releases,
  { data: run }: Document<Run>,
  models: number,
): Promise<LateModels> {
  const { cost = null, state, agent: name } = run;
  if (cost === null || !isOver(state)) return nothing;
  const difference = dollars(models - cost.models);
  if (difference === 0) return nothing;
  const set = { cost: withModels(cost, models) };
  const { day } = cost;
  if (day === null) return { ...nothing, set };
  const [agent, published] = await Promise.all([readAgentState(ports, name), releases.current()]);
  const after = afterModels(agent.data, day, difference);
  const release = published?.release;
  // Of the end itself everything was told in its own commit.
  const told = { end: state, isFollowed: true, pausesItself: false, after, day };
  const about = topicsOf(release, release && agentIn(release, name), told);
  if (about.length === 0) return { set, writes: [writeAgentState(agent, after)], isToTell: false };
  const now = ports.clock.now();
  const earlier = run.notice?.state === 'due' ? run.notice.about : [];
  const notice = newNotice([...earlier, ...about], now);
  // Whoever cleans up meanwhile may take it for done: the wake-up that follows is what tells, and this is its safety net.
  const dueAt = run.dueAt ?? new Date(now + sweepMs);
  const spend = { ...after.spend, told: true };
  return {
    set: { ...set, notice, dueAt },
    writes: [writeAgentState(agent, { ...after, spend })],
    isToTell: true,
  };
}
