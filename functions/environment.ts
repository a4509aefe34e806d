import type { CloudSettings } from '../shared/cloud/settings.ts';
import type { Settings } from '../shared/settings.ts';

/** Who may call an internal function: whose token, made for whom. */
export interface Caller {
  /** Service account that Google's token names. */
  email: string;
  /** The function's own base URL. */
  audience: string;
}

/** Everything that a function reads from its environment. */
export interface Environment {
  cloud: CloudSettings;
  settings: Settings;
  /** Where the keys are that sign OIDC tokens. Default: Google's. */
  jwksUrl: string;
  callers: { dispatch: Caller; poll: Caller; tick: Caller; logs: Caller };
  control: ControlSettings;
}

/** Whom the control API lets in, beside those who have a key. */
export interface ControlSettings {
  /** Its own base URL: the audience of identity tokens for it. */
  url: string;
  /** E-mail addresses, in lower case, of those who may change something, and of those who may only look. */
  operators: readonly string[];
  viewers: readonly string[];
}

const googleKeys = 'https://www.googleapis.com/oauth2/v3/certs';

/** Reads the environment; throws with the names of all variables that are missing. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const missing: string[] = [];
  const need = (name: string): string => {
    const value = variables[name];
    if (!value) missing.push(name);
    return value ?? '';
  };
  const project = need('DROVER_PROJECT');
  const region = need('DROVER_REGION');
  const urls = {
    dispatch: need('DROVER_DISPATCH_URL'),
    poll: need('DROVER_POLL_URL'),
    tick: need('DROVER_TICK_URL'),
    logs: need('DROVER_LOGS_URL'),
    gateway: need('DROVER_GATEWAY_URL'),
    control: need('DROVER_CONTROL_URL'),
  };
  const tasks = need('DROVER_TASKS_SERVICE_ACCOUNT');
  const scheduler = need('DROVER_SCHEDULER_SERVICE_ACCOUNT');
  const pubsub = need('DROVER_PUBSUB_SERVICE_ACCOUNT');
  if (missing.length > 0) throw new Error(`environment variables not set: ${missing.join(', ')}`);
  const endpoint = variables.DROVER_CLOUD_ENDPOINT;
  return {
    cloud: {
      project,
      region,
      ...(endpoint ? { endpoint } : {}),
      targets: {
        dispatch: { queue: 'drover-dispatch', url: urls.dispatch },
        poll: { queue: 'drover-poll', url: urls.poll },
      },
      tasksServiceAccount: tasks,
    },
    settings: { project, region, gatewayUrl: urls.gateway },
    jwksUrl: variables.DROVER_JWKS_URL || googleKeys,
    callers: {
      dispatch: { email: tasks, audience: urls.dispatch },
      poll: { email: tasks, audience: urls.poll },
      tick: { email: scheduler, audience: urls.tick },
      logs: { email: pubsub, audience: urls.logs },
    },
    control: {
      url: urls.control,
      operators: addresses(variables.DROVER_CONTROL_OPERATORS),
      viewers: addresses(variables.DROVER_CONTROL_VIEWERS),
    },
  };
}

/** E-mail addresses, separated by commas. */
function addresses(list = ''): string[] {
  const all = list.split(',').map((address) => address.trim().toLowerCase());
  return all.filter((address) => address !== '');
}
