import { type Code, EngineError } from '../engines/engine.ts';

/** A misbehaviour to show to the next calls of a method. */
export interface Fault {
  /** `Service.Method`, such as `Firestore.Commit`. */
  method: string;
  /** How many calls it is shown to. */
  times: number;
  /** Refuse with this code … */
  code?: Code;
  /** … before the call took effect (the default), or after. */
  when?: 'before' | 'after';
  /** Wait before the call, in ms. */
  delayMs?: number;
}

/** What the local cloud was told to do wrong (D13). */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Runs `call` with the fault that is due for `method`, if any. */
  around<T>(method: string, call: () => Promise<T>): Promise<T>;
}

export function faultTable(): Faults {
  let pending: Fault[] = [];
  const take = (method: string): Fault | undefined => {
    const fault = pending.find((candidate) => candidate.method === method);
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) pending = pending.filter((candidate) => candidate !== fault);
    return fault;
  };
  return {
    add: (fault) => void pending.push({ ...fault }),
    clear: () => {
      pending = [];
    },
    around: async (method, call) => {
      const fault = take(method);
      if (!fault) return call();
      if (fault.delayMs) await new Promise((done) => setTimeout(done, fault.delayMs));
      const refusal = fault.code && new EngineError(fault.code, `${method} was told to fail`);
      if (refusal && fault.when !== 'after') throw refusal;
      const result = await call();
      if (refusal) throw refusal;
      return result;
    },
  };
}
