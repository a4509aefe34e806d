/** What the domain must know of its surroundings. Read from the environment by `functions/`. */
export interface Settings {
  /** Google Cloud project id, for links. */
  project: string;
  /** Region of the jobs, for links. */
  region: string;
  /** Base URL at which containers reach the gateway; no trailing slash. */
  gatewayUrl: string;
}
