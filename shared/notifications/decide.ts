import { budgetLeft, isFailure } from '../agents/budget.ts';
import type { AgentState } from '../agents/state.ts';
import type { Agent, Project } from '../projects/project.ts';
import type { RunState } from '../runs/states.ts';
import type { Topic } from './topics.ts';

/** What is known of an ending when it is committed. */
export interface Told {
  /** How the run ends. */
  end: RunState;
  /** Whether another run follows it, to try again. */
  isFollowed: boolean;
  /** Its agent's state as the ending leaves it. */
  after: Pick<AgentState, 'spend'>;
  /** Whether the ending makes the agent pause itself. */
  pausesItself: boolean;
  /** The day it ends on, in the project's time zone. */
  day: string;
}

/**
 * What people are to be told of an ending; nothing where the project does not say so. Of a budget they are told once a day: by the
 * first run that ends once it is used up.
 */
export function topicsOf(
  project: Pick<Project, 'notifications'> | undefined,
  agent: Pick<Agent, 'budget'> | undefined,
  { end, isFollowed, after, pausesItself, day }: Told,
): Topic[] {
  const wanted = project?.notifications?.about ?? [];
  const holds: { readonly [topic in Topic]: boolean } = {
    failure: isFailure(end) === true && !isFollowed,
    pause: pausesItself,
    budget:
      agent !== undefined &&
      after.spend.told !== true &&
      after.spend.day === day &&
      budgetLeft(after, agent.budget, day) === 0,
  };
  return wanted.filter((topic) => holds[topic]);
}
