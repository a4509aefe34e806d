import { CloudError, type CloudErrorCode, type Ports } from '../../shared/ports/index.ts';
import type { Chance } from './random.ts';

/** How often what goes wrong, as probabilities of one call of a port. */
export interface FaultRates {
  /** The instance dies, before or after the call took effect. */
  crash: number;
  /** The call is refused before it took effect, or its answer is lost after. */
  refuse: number;
  /** A wake-up is lost, delivered twice, or late. */
  wakeUp: number;
}

export const rates: { readonly [level: string]: FaultRates } = {
  none: { crash: 0, refuse: 0, wakeUp: 0 },
  light: { crash: 0.005, refuse: 0.01, wakeUp: 0.05 },
  heavy: { crash: 0.03, refuse: 0.05, wakeUp: 0.2 },
};

/** What ends the call of a function whose instance has died; the function itself never learns of it. */
export class Crash extends Error {}

const refusals: readonly [CloudErrorCode, ...CloudErrorCode[]] = [
  'unavailable',
  'deadline_exceeded',
  'aborted',
  'resource_exhausted',
];
/** A commit is refused whole and says so, or its answer is lost: it is never over quota. */
const commitRefusals: readonly [CloudErrorCode, ...CloudErrorCode[]] = ['unavailable', 'aborted'];

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * The ports of one call of a function. Every call of theirs takes a while, in which others go on; some fail, and some kill
 * the instance, after which nothing of it comes back.
 */
export function mortal(
  ports: Ports,
  chance: Chance,
  current: () => FaultRates,
): { ports: Ports; death: Promise<never> } {
  let dead = false;
  let fall: (crash: Crash) => void = () => {};
  const death = new Promise<never>((_, reject) => {
    fall = reject;
  });
  death.catch(() => {});
  const die = (where: string): Promise<never> => {
    dead = true;
    fall(new Crash(where));
    return never;
  };
  const never = new Promise<never>(() => {});

  const faulty =
    (name: string, call: Call): Call =>
    async (...args) => {
      for (let turn = chance.between(0, 4); turn > 0; turn -= 1) await Promise.resolve();
      if (dead) return never;
      const { crash, refuse } = current();
      if (chance.happens(crash / 2)) return die(`before ${name}`);
      const code = chance.pick(name === 'documents.commit' ? commitRefusals : refusals);
      const refused = chance.happens(refuse);
      const lost = refused && code !== 'aborted' && chance.happens(0.5);
      if (refused && !lost) throw new CloudError(code, `${name} was refused`);
      const answer = await call(...args);
      if (dead) return never;
      if (chance.happens(crash / 2)) return die(`after ${name}`);
      if (lost) throw new CloudError(code, `the answer of ${name} was lost`);
      return answer;
    };

  const wrapped: { [port: string]: unknown } = { ...ports };
  for (const port of ['documents', 'tasks', 'secrets', 'jobs'] as const) {
    const methods = Object.entries(ports[port]) as [string, Call][];
    wrapped[port] = Object.fromEntries(
      methods.map(([method, call]) => [method, faulty(`${port}.${method}`, call)]),
    );
  }
  return { ports: wrapped as unknown as Ports, death };
}
