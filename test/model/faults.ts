import fc from 'fast-check';
import { Retryable } from '../../shared/errors.ts';
import { CloudError, type CloudErrorCode, type Ports } from '../../shared/ports/index.ts';

/** What goes wrong while a function does one thing: at one call of a port, if it makes that call. */
export interface Fault {
  /** Such as `jobs.start`. */
  call: string;
  /** Which of these calls it is, from 1. */
  nth: number;
  how: 'dies' | CloudErrorCode;
  when: 'before' | 'after';
}

type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** Each its own: one that all wait for would keep what waits, and with it the whole of its life. */
const never = (): Promise<never> => new Promise(() => {});
const faultyPorts = ['documents', 'tasks', 'secrets', 'jobs'] as const;

/**
 * Does `work` as an instance of a function does it, to which the fault happens. Answers what came of it; undefined when the
 * instance died, or when it asks to be called again. An instance that died does nothing any more.
 */
export async function suffer<T>(
  ports: Ports,
  fault: Fault | null,
  work: (ports: Ports) => Promise<T>,
): Promise<T | undefined> {
  let die: () => void = () => {};
  let isDead = false;
  const death = new Promise<undefined>((resolve) => {
    die = () => {
      isDead = true;
      resolve(undefined);
    };
  });
  let calls = 0;
  const own: { [port: string]: unknown } = { ...ports };
  for (const port of faultyPorts) {
    const methods = Object.entries(ports[port]) as [string, AnyCall][];
    own[port] = Object.fromEntries(
      methods.map(([method, call]) => [
        method,
        async (...args: unknown[]) => {
          if (isDead) return never();
          if (`${port}.${method}` !== fault?.call) return call(...args);
          calls += 1;
          if (calls !== fault.nth) return call(...args);
          if (fault.when === 'after') await call(...args);
          if (fault.how !== 'dies') throw new CloudError(fault.how, `${fault.call} failed`);
          die();
          return never();
        },
      ]),
    );
  }
  try {
    return await Promise.race([work(own as unknown as Ports), death]);
  } catch (error) {
    if (error instanceof Retryable) return undefined;
    if (error instanceof CloudError && fault) return undefined;
    throw error;
  }
}

const lasting = ['dies', 'unavailable', 'deadline_exceeded'] as const;
type Kind = [call: string, hows: readonly Fault['how'][], whens: Fault['when'][]];

/** Faults as Google has them: what is refused has not taken effect, and of what is lost nobody knows. */
const kinds: readonly Kind[] = [
  ['documents.get', lasting, ['before']],
  ['documents.commit', ['dies', 'unavailable'], ['before', 'after']],
  ['documents.commit', ['aborted'], ['before']],
  ['secrets.create', [...lasting, 'resource_exhausted'], ['before']],
  ['secrets.addVersion', lasting, ['before', 'after']],
  ['secrets.delete', lasting, ['before', 'after']],
  ['jobs.start', lasting, ['before', 'after']],
  ['jobs.start', ['resource_exhausted', 'invalid_argument'], ['before']],
  ['jobs.get', lasting, ['before']],
  ['jobs.execution', lasting, ['before']],
  ['jobs.cancel', lasting, ['before', 'after']],
  ['jobs.delete', [...lasting, 'resource_exhausted'], ['before', 'after']],
];

/** What can go wrong with something that makes these calls. */
export function anyFault(calls: readonly string[]): fc.Arbitrary<Fault> {
  return fc.oneof(
    ...kinds
      .filter(([call]) => calls.includes(call))
      .map(([call, hows, whens]) =>
        fc.record({
          call: fc.constant(call),
          nth: fc.constantFrom(1, 1, 2, 3),
          how: fc.constantFrom(...hows),
          when: fc.constantFrom(...whens),
        }),
      ),
  );
}
