import { createContext, Script } from 'node:vm';
import { type Refusal, refusal } from '../http/refusal.ts';

/** Longest expression, in characters. */
const longestPattern = 500;
/** Characters of a line that are looked at. */
const longestText = 10_000;
/** Time in ms that one request may take for matching, in all: some expressions would take years. */
const patienceMs = 200;

/**
 * Which of some texts match a regular expression that a stranger wrote. The engine is interrupted when it takes too long: then,
 * and when it is no expression, the request is refused with 400.
 */
export function createGrep(pattern: string): (texts: readonly string[]) => boolean[] {
  if (pattern.length > longestPattern) {
    throw refused(`is longer than ${longestPattern} characters`);
  }
  try {
    new RegExp(pattern);
  } catch {
    throw refused('is not a regular expression');
  }
  const room: { pattern: string; texts: string; matches: string } = Object.create(null);
  room.pattern = pattern;
  const context = createContext(room, { codeGeneration: { strings: false, wasm: false } });
  const script = new Script(
    'matches = JSON.stringify(JSON.parse(texts).map((text) => new RegExp(pattern).test(text)))',
  );
  let left = patienceMs;
  return (texts) => {
    room.texts = JSON.stringify(texts.map((text) => text.slice(0, longestText)));
    const begun = performance.now();
    try {
      if (left < 1) throw refused(tooLong);
      script.runInContext(context, { timeout: Math.floor(left) });
    } catch (error) {
      if (isTimeout(error)) throw refused(tooLong);
      throw error;
    } finally {
      left -= performance.now() - begun;
    }
    return JSON.parse(room.matches) as boolean[];
  };
}

const tooLong = 'takes too long on these lines: write a simpler one, or narrow the time';

function isTimeout(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function refused(why: string): Refusal {
  return refusal('bad-request', `grep ${why}`);
}
