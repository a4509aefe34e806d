import type { Deployment, Fn } from '../deployment/resource.ts';
import type { FunctionName } from '../resources.ts';
import type { Upload } from '../upload/stage.ts';
import { contentHash } from './content-hash.ts';
import { functionCommands } from './function-command.ts';
import type { Service } from './services.ts';
import type { Step } from './step.ts';
import { isShared, percentOf, resharing, sharing } from './traffic.ts';

/**
 * Who is called comes before who calls. Any mixture of versions works, for a step looks at the world and not at the message that
 * asked for it (D5); this order has new messages read by new code.
 */
const order: readonly FunctionName[] = [
  'poll',
  'dispatch',
  'logs',
  'tick',
  'gateway',
  'control',
  'webhook',
];

/**
 * Most functions under way. Each is built by a Cloud Build of its own, of one to two minutes; what keeps the quota of admin
 * writes is the pace of their beginnings, not this.
 */
export const functionLanes = 4;

interface Deploying {
  deployment: Deployment;
  /** The functions of the list. */
  functions: readonly Fn[];
  /** What is there. */
  services: ReadonlyMap<FunctionName, Service>;
  upload: Pick<Upload, 'directory' | 'digest'>;
  /** Percentage of the traffic that new versions of {@link sharedFunctions} begin with; undefined: all. */
  share?: number | undefined;
}

/** What has to be done so that every function is deployed from this upload, in order. */
export function functionSteps({ functions, services, ...rest }: Deploying): Step[] {
  return [...functions]
    .sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
    .flatMap((fn) => stepOf(fn, services.get(fn.name), rest) ?? []);
}

/** What a function is deployed as: changes with what is uploaded, and with each setting of it. */
export function versionOf(fn: Fn, { digest }: Pick<Upload, 'digest'>): string {
  const { why: _why, needs: _needs, ...shape } = fn;
  return contentHash(new Map(), JSON.stringify([digest, shape]));
}

function stepOf(
  fn: Fn,
  service: Service | undefined,
  { deployment, upload, share }: Omit<Deploying, 'functions' | 'services'>,
): Step | undefined {
  const version = versionOf(fn, upload);
  const percent = isShared(fn.name) ? share : undefined;
  const title = `function ${fn.name}`;
  if (service?.version === version) {
    const commands = percent === undefined ? [] : resharing(deployment, service, percent);
    if (commands.length === 0) return undefined;
    return { title, why: `Its newest version gets ${percent} % of the traffic.`, commands };
  }
  const split =
    percent === undefined || service?.latest === undefined
      ? undefined
      : sharing(deployment, service, percent);
  const deploy = functionCommands(deployment, fn, {
    source: upload.directory,
    version,
    takesAllTraffic: split === undefined,
  });
  return {
    title,
    why: service ? `It is deployed from something else than this. ${fn.why}` : fn.why,
    commands: [...(split?.before ?? []), ...deploy, ...(split?.after ?? [])],
  };
}

/** What a person should know of functions that are up to date and yet do not have all traffic. */
export function trafficNotes(services: Iterable<Service>): string[] {
  return [...services].flatMap((service) => {
    if (service.latest === undefined) return [];
    const percent = percentOf(service, service.latest);
    if (percent === 100) return [];
    return `${service.name}: its newest version has ${percent} % of the traffic; --promote gives it all, --rollback none`;
  });
}
