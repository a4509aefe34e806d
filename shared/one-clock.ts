import { createClockOffset } from './clock-offset.ts';
import type { Data, Documents, Ports, Query, TellTime } from './ports/index.ts';

/** A correction of more than this is said, in ms. */
const worthSayingMs = 1_000;

/**
 * Ports whose clock goes by Firestore's. Instances' clocks differ, by minutes where something is broken; Firestore's is one. Each
 * answer of `documents` says what time it is there, and the clock is corrected by what that proves. It costs no call.
 *
 * The clock tells its instance's own time until the first answer; whatever decides by time reads a document first. It goes back
 * only when an answer shows that it was ahead: then what it said before was wrong.
 */
export function onOneClock(ports: Ports): Ports {
  const { clock, documents, log } = ports;
  const offset = createClockOffset();

  /** Makes a call, and learns from its answer once it is there. */
  const learning = async <T>(call: (tellTime: TellTime) => Promise<T>): Promise<T> => {
    const began = clock.now();
    let at: number | undefined;
    const answer = await call((time) => {
      at = time;
    });
    if (at !== undefined && offset.learn({ at, began, ended: clock.now() })) say();
    return answer;
  };
  let said = 0;
  const say = (): void => {
    const addedMs = Math.round(offset.ms());
    if (Math.abs(addedMs - said) < worthSayingMs) return;
    said = addedMs;
    log.warn('the clock of this instance is wrong; it goes by that of Firestore', { addedMs });
  };

  const told: Documents = {
    get: <T extends Data>(path: string) => learning((tellTime) => documents.get<T>(path, tellTime)),
    query: <T extends Data>(query: Query) =>
      learning((tellTime) => documents.query<T>(query, tellTime)),
    count: (query) => learning((tellTime) => documents.count(query, tellTime)),
    commit: (writes) => learning((tellTime) => documents.commit(writes, tellTime)),
  };
  return {
    ...ports,
    clock: { ...clock, now: () => Math.floor(clock.now() + offset.ms()) },
    documents: told,
  };
}
