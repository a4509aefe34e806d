/** Reads of an event that an expression may make: enough for the files of two thousand commits, over in a second or two. */
const mostSteps = 100_000;
/** Text costs another step for as many UTF-16 units: what is done with it takes time by its length. */
const unitsAStep = 16;
/** Longest text that may be read, in UTF-16 units: GitHub's longest body. To look for one long text in another is slow. */
const longestText = 65_536;
/**
 * Levels of a payload that may be looked into. No provider's goes as deep; and the engine remembers a type for each shape that
 * it meets, so that without this a sender could fill its memory.
 */
const mostLevels = 12;

// Made once: the engine goes on in places after an error, and making one costs more than all else it does there.
const tooMuch = new RangeError('the event is too large for this expression');
const tooLong = new RangeError(`a text of more than ${longestText} characters`);
const tooDeep = new RangeError(`the event is more than ${mostLevels} levels deep`);

/**
 * Makes views of JSON values of which all reading together is counted: over a limit, a read throws. So an expression ends in
 * bounded time whatever somebody sends to it, while one that reads little of a large payload costs little.
 */
export function metered(): <T>(value: T) => T {
  let steps = 0;
  const spend = (count: number): void => {
    steps += count;
    if (steps > mostSteps) throw tooMuch;
  };
  const view = (value: unknown, level: number): unknown => {
    if (typeof value === 'string') {
      if (value.length > longestText) throw tooLong;
      spend(value.length / unitsAStep);
    }
    if (typeof value !== 'object' || value === null) return value;
    if (level > mostLevels) throw tooDeep;
    return new Proxy(value, {
      get: (target, key) => {
        spend(1);
        // The engine tells kinds by it, so a field of that name must not stand in its place.
        if (key === 'constructor') return Array.isArray(target) ? Array : Object;
        return view(Reflect.get(target, key), level + 1);
      },
      ownKeys: (target) => {
        const keys = Reflect.ownKeys(target);
        spend(keys.length);
        return keys;
      },
    });
  };
  return <T>(value: T) => view(value, 1) as T;
}
