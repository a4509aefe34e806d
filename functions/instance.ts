import { cloudPorts } from '../shared/cloud/index.ts';
import { onOneClock } from '../shared/one-clock.ts';
import type { Ports } from '../shared/ports/index.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import type { Settings } from '../shared/settings.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { jsonLog } from './http/log.ts';
import type { TokenReader } from './http/oidc.ts';

/** What one function has: built once, at its first request. */
export interface Instance {
  environment: Environment;
  settings: Settings;
  ports: Ports;
  releases: Releases;
  /** Reads the identity tokens that callers send. */
  readToken: TokenReader;
}

/** @param name The function that calls with it. */
export function createInstance(variables: NodeJS.ProcessEnv, name: string): Instance {
  const environment = readEnvironment(variables);
  const log = jsonLog(environment.settings.project, (line) => console.log(line));
  const ports = onOneClock(cloudPorts({ ...environment.cloud, caller: name }, log));
  return {
    environment,
    settings: environment.settings,
    ports,
    releases: createReleases(ports),
    readToken: readerOf(environment.jwksUrl),
  };
}

/** Not every function is sent tokens: what verifies them is loaded with the first (D16). */
function readerOf(jwksUrl: string): TokenReader {
  let reader: Promise<TokenReader> | undefined;
  return async (token) => {
    reader ??= import('./http/token-reader.ts').then(({ tokenReader }) => tokenReader(jwksUrl));
    // Where it cannot be loaded now, the next token tries again.
    reader.catch(() => {
      reader = undefined;
    });
    return (await reader)(token);
  };
}
