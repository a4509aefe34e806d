import { CloudError, type Documents } from '../../shared/ports/index.ts';

/**
 * What becomes of a call of Firestore: it never arrives; it takes effect and nobody hears of it; it is given up and takes effect
 * later; or the instance dies, before the call, after it, or meanwhile, so that it takes effect later.
 */
export type Fate =
  | 'refused'
  | 'unanswered'
  | 'late'
  | 'dies before'
  | 'dies after'
  | 'dies meanwhile';

/** What becomes of the call with this number, counted from 1, that an operation makes. */
export interface Fault {
  call: number;
  fate: Fate;
}

/** The instance is gone: nothing in the domain catches this. */
export class Died extends Error {}

interface Surroundings {
  faults: readonly Fault[];
  /** Does something some time from now, with nobody waiting for it. */
  later(act: () => Promise<unknown>): void;
  /** Hears that the answer to a commit was lost, and whoever made it will try again. */
  unheard(): void;
}

/** Documents for one operation, with these faults. */
export function mishandled(
  documents: Documents,
  { faults, later, unheard }: Surroundings,
): Documents {
  let count = 0;
  const meet = async <T>(isCommit: boolean, call: () => Promise<T>): Promise<T> => {
    count += 1;
    const number = count;
    const fate = faults.find((fault) => fault.call === number)?.fate;
    switch (fate) {
      case undefined:
        return call();
      case 'refused':
        throw new CloudError('unavailable', 'nobody there');
      case 'unanswered':
        await call();
        if (isCommit) unheard();
        throw new CloudError('deadline_exceeded', 'no answer');
      case 'late':
        later(call);
        if (isCommit) unheard();
        throw new CloudError('deadline_exceeded', 'no answer yet');
      case 'dies before':
        throw new Died(fate);
      case 'dies after':
        await call();
        throw new Died(fate);
      case 'dies meanwhile':
        later(call);
        throw new Died(fate);
    }
  };
  return {
    get: (path, tellTime) => meet(false, () => documents.get(path, tellTime)),
    query: (query, tellTime) => meet(false, () => documents.query(query, tellTime)),
    count: (query, tellTime) => meet(false, () => documents.count(query, tellTime)),
    commit: (writes, tellTime) => meet(true, () => documents.commit(writes, tellTime)),
  };
}
