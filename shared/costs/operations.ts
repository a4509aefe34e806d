import { dollars, functionSecond, prices, type Tier } from './prices.ts';

/** What the control plane asks of Google, in the units that Google bills. */
export interface Operations {
  /** Documents of Firestore. What a TTL policy removes is billed as well. */
  reads: number;
  writes: number;
  removals: number;
  /** Calls of Cloud Tasks and its attempts to deliver. */
  tasks: number;
  /** Versions of secrets that are read, and seconds that versions are there, summed over them. */
  secretAccesses: number;
  secretSeconds: number;
  /** Requests of functions, and the seconds for which these are billed. */
  requests: number;
  functionSeconds: number;
  /** Bytes through Pub/Sub, in and out. */
  messageBytes: number;
  /** Bytes of log lines of the functions and about their requests. */
  logBytes: number;
}

export const nothing: Operations = {
  reads: 0,
  writes: 0,
  removals: 0,
  tasks: 0,
  secretAccesses: 0,
  secretSeconds: 0,
  requests: 0,
  functionSeconds: 0,
  messageBytes: 0,
  logBytes: 0,
};

/** The size of a function of Drover (`infra/deployment/functions.ts`, where a test compares it): CPUs, and GiB. */
export const functionSize = { cpu: 1, memory: 0.5 } as const;

/** What operations cost, each kind in US dollars. */
export function costsOf(
  operations: Operations,
  tier: Tier,
): { [kind in keyof Operations]: number } {
  const second = functionSecond[tier];
  const aSecond = second.cpu * functionSize.cpu + second.memory * functionSize.memory;
  return {
    reads: operations.reads * prices.read,
    writes: operations.writes * prices.write,
    removals: operations.removals * prices.remove,
    tasks: operations.tasks * prices.task,
    secretAccesses: operations.secretAccesses * prices.secretAccess,
    secretSeconds: operations.secretSeconds * prices.secretSecond,
    requests: operations.requests * prices.request,
    functionSeconds: operations.functionSeconds * aSecond,
    messageBytes: operations.messageBytes * prices.messageByte,
    logBytes: operations.logBytes * prices.logByte,
  };
}

/** What operations cost together, in US dollars. */
export function priceOf(operations: Operations, tier: Tier): number {
  return dollars(Object.values(costsOf(operations, tier)).reduce((sum, cost) => sum + cost, 0));
}

/** Operations added up, each so many times. */
export function sumOf(...parts: readonly (readonly [Partial<Operations>, number])[]): Operations {
  const sum = { ...nothing };
  for (const [part, times] of parts) {
    for (const kind of Object.keys(nothing) as (keyof Operations)[]) {
      sum[kind] += (part[kind] ?? 0) * times;
    }
  }
  return sum;
}
