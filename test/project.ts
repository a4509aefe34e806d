import type { Agent, Project } from '../shared/projects/project.ts';
import type { WebhookTrigger } from '../shared/webhooks/trigger.ts';

/** A project with these agents and one GitHub source, `github`. */
export function projectOf(agents: { [name: string]: Partial<Agent> }): Project {
  const complete = Object.entries(agents).map(([name, agent]) => [name, agentOf(agent)]);
  return {
    name: 'test',
    timezone: 'UTC',
    sources: {
      github: { type: 'github', secrets: ['default'], allowUnsigned: false, options: {} },
    },
    agents: Object.fromEntries(complete),
    scale: null,
  };
}

/** A trigger on events of `github` that pass these filters. */
export function onGithub(filters: WebhookTrigger['filters'] = {}): WebhookTrigger {
  return { source: 'github', filters, if: null };
}

/** An agent that runs for every event of `github`, but for what is said otherwise. */
export function agentOf(agent: Partial<Agent>): Agent {
  return {
    skill: 'Do it.',
    description: '',
    image: 'agents/test',
    credentials: [],
    credentialTypes: {},
    credentialsDelivery: 'copy',
    webhooks: [onGithub()],
    schedule: null,
    env: {},
    hooks: { pre: [], post: [] },
    maxReruns: 10,
    concurrency: null,
    budget: { runsPerDay: null, minutesPerDay: null, failuresInARow: null },
    retry: null,
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
