import { cloudPorts } from '../shared/cloud/index.ts';
import { onOneClock } from '../shared/one-clock.ts';
import type { Ports } from '../shared/ports/index.ts';
import { createReleases, type Releases } from '../shared/projects/release.ts';
import type { Settings } from '../shared/settings.ts';
import { type Environment, readEnvironment } from './environment.ts';
import type { App } from './http/listener.ts';
import { jsonLog } from './http/log.ts';
import type { TokenReader } from './http/oidc.ts';
import { traceparentNow } from './http/trace.ts';
import { spansTo } from './tracing/spans-to.ts';

/** What one function has: built once, at its first request. */
export interface Instance {
  environment: Environment;
  settings: Settings;
  ports: Ports;
  releases: Releases;
  /** Reads the identity tokens that callers send. */
  readToken: TokenReader;
}

/** The same in a process of Google's, or of somebody's machine. */
export interface StartedInstance extends Instance {
  /** Makes each request of its app a span, where somebody collects them. */
  traced(app: App): Promise<App>;
}

/** @param name The function that calls with it. */
export function createInstance(variables: NodeJS.ProcessEnv, name: string): StartedInstance {
  const environment = readEnvironment(variables);
  const log = jsonLog(environment.settings.project, (line) => console.log(line));
  const cloud = { ...environment.cloud, caller: name, traceparent: traceparentNow };
  const spans = spansTo(variables, { name, ...environment.settings }, log);
  const ports = onOneClock({ ...cloudPorts(cloud, log), ...(spans && { spans }) });
  return {
    traced: spans?.traced ?? (async (app) => app),
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
