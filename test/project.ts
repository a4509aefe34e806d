import type { Agent, Project } from '../shared/projects/project.ts';

/** A project with these agents and one GitHub source, `github`. */
export function projectOf(agents: { [name: string]: Partial<Agent> }): Project {
  const complete = Object.entries(agents).map(([name, agent]) => [name, agentOf(agent)]);
  return {
    name: 'test',
    sources: { github: { type: 'github', secret: 'default' } },
    agents: Object.fromEntries(complete),
    scale: null,
  };
}

/** An agent that runs for every event of `github`, but for what is said otherwise. */
export function agentOf(agent: Partial<Agent>): Agent {
  return {
    skill: 'Do it.',
    description: '',
    image: 'agents/test',
    credentials: [],
    webhooks: [{ source: 'github' }],
    params: '{}',
    models: [],
    scale: 1,
    maxWorkQueueSize: 20,
    timeout: 60,
    memory: '512Mi',
    cpus: '1',
    ...agent,
  };
}
