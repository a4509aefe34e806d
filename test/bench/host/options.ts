import { serviceAccount } from '../../../infra/resources.ts';
import type { CloudSettings } from '../../../shared/cloud/settings.ts';

export const place = { project: 'drover-bench', region: 'local' };

/** What signs the deliveries. */
export const signingSecret = 'a secret that GitHub and the benchmark share';

export interface HostOptions {
  /** Where the local cloud keeps its state. */
  directory: string;
  /** The functions' port. */
  port: number;
  /** The floor's port; without it there is none. */
  floorPort?: number;
  /** Where each container leaves an empty file, named after its job, as its first instruction. */
  starts: string;
  /** Where CPU profiles of the threads are written. Default: none are made. */
  profiles?: string;
}

/** What the host tells once everything listens. */
export interface HostReady {
  /** `host:port` of the local cloud's gRPC server. */
  endpoint: string;
  /** The operating system's id of the functions' thread and of the floor's, where it can be read. */
  functions?: string;
  floor?: string;
}

/** How the clients of this process, and the floor's, reach the host's cloud. */
export function cloudSettings(endpoint: string, dispatchUrl: string): CloudSettings {
  return {
    ...place,
    endpoint,
    targets: {
      dispatch: { queue: 'drover-dispatch', url: dispatchUrl },
      poll: { queue: 'drover-poll', url: dispatchUrl },
    },
    tasksServiceAccount: serviceAccount('tasks', place.project),
  };
}
