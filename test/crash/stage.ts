import { accept } from '../../shared/deliveries/accept.ts';
import type { Incoming } from '../../shared/deliveries/delivery.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Releases } from '../../shared/projects/release.ts';
import type { Requested } from '../../shared/runs/request.ts';
import type { Run } from '../../shared/runs/run.ts';
import type { RunState } from '../../shared/runs/states.ts';
import { triggerRun } from '../../shared/runs/trigger-run.ts';
import { octavia } from '../ask.ts';
import type { FunctionName } from '../sim/calls.ts';
import type { Reply, RequestParts } from '../sim/http.ts';
import { settings } from '../sim/place.ts';
import type { World } from '../world.ts';
import type { Instances } from './instances.ts';

/** Where a scenario is lived: a world, and those outside who call its functions, each as it does in reality. */
export interface Stage {
  /** To look at, and to change from outside: nothing happens to what goes through it. */
  world: World;
  instances: Instances;
  /**
   * Somebody calls a function, and calls again after a second where there is no good answer, for up to five times. `work` must be
   * the same request each time.
   */
  ask<T>(name: FunctionName, work: (ports: Ports, releases: Releases) => Promise<T>): Promise<T>;
  /** The same over HTTP: an answer of 500 or more is none. */
  send(name: FunctionName, path: string, parts?: RequestParts): Promise<Reply>;
  /** GitHub delivers, and somebody has it redelivered where there was no answer. Answers with the run ids by agent. */
  deliver(id: string | null, incoming?: Partial<Incoming>): Promise<{ [agent: string]: string }>;
  /** A person asks for a run; answers with its id. */
  run(agent: string, prompt?: string): Promise<string>;
  /** Lets time pass; at each full minute Cloud Scheduler calls the tick. */
  pass(ms: number): Promise<void>;
  /** Lets time pass in which Cloud Scheduler calls nobody. */
  leap(ms: number): Promise<void>;
  /** Lets time pass until a run has come to one of these states, for some minutes at most. */
  until(run: string, ...states: RunState[]): Promise<Run>;
  /** Cloud Scheduler calls the tick, and calls again after ten seconds where it fails. */
  tick(): Promise<void>;
  /** Ticks since the fault. */
  sweeps(): number;
  /** The secret of a run whose container was started. */
  secretOf(run: string): string;
  /** Runs that may still wait or go on when everything has converged. */
  open: Set<string>;
}

const minuteMs = 60_000;
/** How long Cloud Scheduler waits before it calls a tick again that failed. */
const schedulerMs = 10_000;
/** How often it calls again before it leaves the tick to the next minute. */
const schedulerTries = 3;
const askerMs = 1_000;
const mostAsked = 5;
/** Minutes after which nobody waits for a run any more. */
const longestWait = 6;
/** How often a waiting person looks, in ms. */
const lookMs = 5_000;

export function createStage(
  world: World,
  instances: Instances,
  secrets: ReadonlyMap<string, string>,
): Stage {
  let sweeps = 0;
  let asked = 0;

  const insist = async <T>(call: () => Promise<T>, pauseMs: number, most: number): Promise<T> => {
    for (let times = 1; ; times += 1) {
      try {
        return await call();
      } catch (error) {
        if (times === most) throw error;
        await world.advance(pauseMs);
      }
    }
  };
  const ask: Stage['ask'] = (name, work) =>
    insist(() => world.call(name, work), askerMs, mostAsked);
  const send: Stage['send'] = (name, path, parts) =>
    insist(
      async () => {
        const reply = await world.request(name, path, parts);
        if (reply.status >= 500) throw new Error(`${name} answered ${reply.status} to ${path}`);
        return reply;
      },
      askerMs,
      mostAsked,
    );
  const tick = async (): Promise<void> => {
    // Of one that fails to the end nothing is left to do but what the next one does.
    await insist(() => world.tick(), schedulerMs, schedulerTries).catch(() => {});
    if (instances.hasFailed()) sweeps += 1;
    await world.settle();
  };
  const pass = async (ms: number): Promise<void> => {
    const now = world.ports.clock.now;
    const until = now() + ms;
    while (now() < until) {
      const minute = (Math.floor(now() / minuteMs) + 1) * minuteMs;
      await world.advance(Math.min(minute, until) - now());
      if (now() === minute) await tick();
    }
  };

  return {
    world,
    instances,
    ask,
    send,
    pass,
    tick,
    leap: (ms) => world.advance(ms),
    sweeps: () => sweeps,
    secretOf: (run) => secrets.get(run) ?? '',
    open: new Set(),
    deliver: async (deliveryId, incoming = {}) => {
      const { runs } = await ask('webhook', async (ports, releases) => {
        const current = await releases.current();
        if (!current) throw new Error('no release');
        return accept(ports, settings, current, {
          ...plainDelivery(deliveryId, ports.clock.now()),
          ...incoming,
        });
      });
      return runs;
    },
    run: async (agent, prompt) => {
      asked += 1;
      const key = `asked-${asked}`;
      const requested = await ask('control', async (ports, releases): Promise<Requested> => {
        const current = await releases.current();
        if (!current) throw new Error('no release');
        const actor = octavia;
        return triggerRun(ports, settings, current, { agent, prompt: prompt ?? null, key, actor });
      });
      if (!requested.ok) throw new Error(requested.why);
      return requested.runId;
    },
    until: async (run, ...states) => {
      const end = world.ports.clock.now() + longestWait * minuteMs;
      for (;;) {
        const found = await world.run(run);
        if (states.includes(found.state)) return found;
        if (world.ports.clock.now() >= end) {
          throw new Error(`${run} is ${found.state}, and not ${states.join(' or ')}`);
        }
        await pass(lookMs);
      }
    },
  };
}

function plainDelivery(deliveryId: string | null, now: number): Incoming {
  const payload = { deliveryId };
  return {
    sources: ['github'],
    deliveryId,
    payload,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(payload)),
    isSigned: true,
    context: {
      source: 'github',
      event: 'issues',
      action: 'labeled',
      repo: 'acme/pasture',
      sender: 'octavia',
      timestamp: new Date(now).toISOString(),
    },
  };
}
