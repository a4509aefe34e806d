import { CloudError, type Ports } from '../shared/ports/index.ts';

/** A fault at the call with this number, before or after it took effect. */
export interface Fault {
  at: number;
  when: 'before' | 'after';
  how: 'crash' | 'unavailable' | 'aborted';
}

/** Thrown by a port so that nothing in the domain catches it: the instance is gone. */
class Crash extends Error {}

const hows = ['crash', 'unavailable', 'aborted'] as const;
/** One kind of fault tries every call with this distance from the next; all kinds together try each call. */
const stride = process.env.EVERY_POINT ? 1 : 3;

/** The calls, of `count` in a life, at which a kind of fault is tried: a third of them, or all with `EVERY_POINT=1`. */
export function pointsOf(count: number, { how, when }: Omit<Fault, 'at'>): number[] {
  const kind = 2 * hows.indexOf(how) + (when === 'after' ? 1 : 0);
  return Array.from({ length: count }, (_, index) => index + 1).filter(
    (at) => (at + kind) % stride === 0,
  );
}

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** Ports that count their calls once they are armed, and misbehave at one of them. */
export function faulty(fault: Fault | undefined) {
  const calls: string[] = [];
  let armed = false;
  const wrap = (ports: Ports): Ports => {
    const wrapped: { [port: string]: unknown } = { ...ports };
    for (const name of ['documents', 'tasks', 'secrets', 'jobs'] as const) {
      const methods = Object.entries(ports[name]) as [string, AnyCall][];
      wrapped[name] = Object.fromEntries(
        methods.map(([method, call]) => [
          method,
          async (...args: unknown[]) => {
            if (!armed) return call(...args);
            calls.push(`${name}.${method}`);
            if (calls.length !== fault?.at) return call(...args);
            if (fault.when === 'after') await call(...args);
            if (fault.how === 'crash') throw new Crash(`crash ${fault.when} ${name}.${method}`);
            throw new CloudError(fault.how, `${name}.${method} was told to fail`);
          },
        ]),
      );
    }
    return wrapped as unknown as Ports;
  };
  return {
    calls,
    wrap,
    arm: () => {
      armed = true;
    },
  };
}
