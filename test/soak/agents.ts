/** What an agent's container does. */
export type Role = 'works' | 'locks' | 'calls' | 'answers' | 'fails' | 'hangs';

/** An agent of the soak. */
export interface SoakAgent {
  role: Role;
  scale: number;
  /** Seconds that its container may run. */
  timeout: number;
  /** Runs that may wait; more than ever come, unless it is the point of the agent. */
  maxWorkQueueSize: number;
  /** How often a failed run is tried again. */
  retries: number;
  /** Its part of all deliveries; 0: it is only called. */
  weight: number;
}

const plain = { timeout: 120, maxWorkQueueSize: 5_000, retries: 0 };

/** All of them together want more slots than the project has. */
export const projectScale = 12;

/** Who gets work in a soak. */
export const agents = {
  steady: { ...plain, role: 'works', scale: 5, weight: 51 },
  narrow: { ...plain, role: 'works', scale: 1, weight: 8 },
  locker: { ...plain, role: 'locks', scale: 4, weight: 14 },
  caller: { ...plain, role: 'calls', scale: 4, weight: 5 },
  helper: { ...plain, role: 'answers', scale: 4, weight: 0 },
  flaky: { ...plain, role: 'fails', scale: 2, retries: 2, weight: 7 },
  // Its time must be longer than its program takes to begin, on a busy machine as well: it hangs only then.
  sluggard: { ...plain, role: 'hangs', scale: 2, timeout: 6, weight: 2 },
  crowded: { ...plain, role: 'works', scale: 1, maxWorkQueueSize: 3, weight: 5 },
} as const satisfies { [name: string]: SoakAgent };

export type AgentName = keyof typeof agents;

export const agentNames = Object.keys(agents) as AgentName[];

export function agentOf(name: string): SoakAgent | undefined {
  return Object.hasOwn(agents, name) ? agents[name as AgentName] : undefined;
}

/** The agent that callers call. */
export const calledAgent: AgentName = 'helper';

/** What a container of the called agent returns. */
export function answerTo(call: string): string {
  return `the answer to ${call}`;
}

/** Exit code of a container that is to be tried again. */
export const failingCode = 1;
/** Exit code of a container that found its surroundings other than they must be. */
export const astonishedCode = 15;
