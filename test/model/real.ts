import type { Ports } from '../../shared/ports/index.ts';
import { agentOf, projectOf } from '../project.ts';
import { createWorld, type World } from '../world.ts';

/** The agents of the model's project: each has other rules for its queue. */
export const agentNames = ['solo', 'pair', 'newest', 'skipping'] as const;
export type AgentName = (typeof agentNames)[number];

/** Seconds that a container may run. */
export const timeoutSeconds = 120;

const retry = { attempts: 1, exitCodes: null, backoff: 30, maxBackoff: 30 };
const project = projectOf({
  solo: { maxWorkQueueSize: 1, retry },
  pair: { scale: 2, maxWorkQueueSize: 2 },
  newest: { concurrency: { key: 'one', busy: 'cancel' } },
  skipping: { scale: 2, concurrency: { key: 'one', busy: 'skip' } },
});
for (const name of agentNames) {
  project.agents[name] = agentOf({
    ...project.agents[name],
    webhooks: [],
    timeout: timeoutSeconds,
  });
}

/** A world in which nothing happens by itself but what Cloud Run does: every wake-up is lost, and commands do what it asked for. */
export interface Real {
  world: World;
  ports: Ports;
  /** By run: the secret that its container was given. */
  secrets: ReadonlyMap<string, string>;
}

export async function createReal(): Promise<Real> {
  const secrets = new Map<string, string>();
  const world = await createWorld({
    project,
    wrap: (ports) => ({ ...ports, tasks: { enqueue: async () => 'enqueued' } }),
    container: ({ env }) => {
      const secret = env.SHUTDOWN_SECRET ?? '';
      secrets.set(secret.split('.')[0] ?? '', secret);
      return 'runs';
    },
  });
  world.sink = false;
  world.prompt = false;
  return { world, ports: world.ports, secrets };
}
