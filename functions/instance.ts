import { cloudPorts } from '../shared/cloud/index.ts';
import type { Ports } from '../shared/ports/index.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import type { Settings } from '../shared/settings.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { jsonLog } from './http/log.ts';

/** What the functions of one process share: built once, at the first request. */
export interface Instance {
  environment: Environment;
  settings: Settings;
  ports: Ports;
  releases: Releases;
}

export function createInstance(variables: NodeJS.ProcessEnv): Instance {
  const environment = readEnvironment(variables);
  const log = jsonLog(environment.settings.project, (line) => console.log(line));
  const ports = cloudPorts(environment.cloud, log);
  return { environment, settings: environment.settings, ports, releases: createReleases(ports) };
}
