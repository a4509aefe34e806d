import { join } from 'node:path';
import {
  type FunctionName,
  functionNames,
  functionVariables,
  type Place,
} from '../../resources.ts';
import type { LocalCloud } from '../cloud.ts';
import { type Host, hosts } from './hosts.ts';

/** The functions, as this machine runs them. */
export interface Functions {
  /** Base URL; `/<function>/…`, and `/webhooks/…`. */
  base: string;
  /** Where their log lines go. */
  logFile: string;
  stop(): Promise<void>;
}

interface FunctionsOptions extends Place {
  cloud: LocalCloud;
  host: Host;
  port: number;
  /** Where their log is kept. */
  state: string;
  /** Called when they die of themselves. */
  died(error: Error): void;
}

/** Starts the functions on a host, with the environment that a deployment would give them. */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const { cloud, host, port, state, died } = options;
  const base = `http://127.0.0.1:${port}`;
  const urls = Object.fromEntries(functionNames.map((name) => [name, `${base}/${name}`]));
  const variables = {
    ...functionVariables(options, urls as { [name in FunctionName]: string }),
    DROVER_CLOUD_ENDPOINT: cloud.endpoint,
    DROVER_JWKS_URL: cloud.console.keysUrl,
    NODE_ENV: 'production',
    ...tracing(process.env),
  };
  const logFile = join(state, 'functions.log');
  const { stop } = await hosts[host]({ port, variables, logFile, died });
  return { base, logFile, stop };
}

/** OpenTelemetry's variables: whoever sets them here wants spans of the functions. */
function tracing(variables: NodeJS.ProcessEnv): { [name: string]: string } {
  const own = Object.entries(variables).flatMap(([name, value]) =>
    name.startsWith('OTEL_') && value !== undefined ? [[name, value] as const] : [],
  );
  return Object.fromEntries(own);
}
