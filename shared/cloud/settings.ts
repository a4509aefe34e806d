import type { TaskTarget } from '../ports/index.ts';

/** Where the cloud is, and what our own parts of it are called. Read from the environment by `functions/`. */
export interface CloudSettings {
  /** Google Cloud project id. */
  project: string;
  /** Region of queues, jobs and functions, such as `europe-west1`. */
  region: string;
  /** `host:port` of a gRPC server that stands in for every service, spoken to without TLS. Default: Google's own. */
  endpoint?: string;
  /** For each function that Cloud Tasks may call: its queue's id and its base URL, which is also the OIDC audience. */
  targets: { readonly [target in TaskTarget]: { queue: string; url: string } };
  /** The identity of Cloud Tasks' calls (OIDC). */
  tasksServiceAccount: string;
  /** What a task carries as `traceparent`, asked when it is handed over. Default: nothing. */
  traceparent?: () => string | undefined;
  /** Name of the function whose calls these are. Google sees by itself who calls; a stand-in is told. Default: nobody, who may do everything there. */
  caller?: string;
}
