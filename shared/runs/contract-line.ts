import { at, text } from '../json.ts';
import type { LoggedReturn } from './logged-return.ts';
import { readUsage, type Usage } from './usage.ts';

/**
 * What a line of a container's output says in the agent contract's words, beside being a line. Whatever runs in the container can
 * print one: it speaks for its own run alone, and only of what nothing else rests on.
 */
export type ContractLine =
  | { kind: 'usage'; usage: Usage }
  | { kind: 'return'; returned: LoggedReturn };

/**
 * Reads a line that was printed as a JSON object; undefined when it is none of these.
 *
 * @param said Its time: ISO with nine decimals.
 */
export function readContractLine(line: unknown, said: string): ContractLine | undefined {
  if (at(line, '_log') !== true) return undefined;
  if (at(line, 'msg') === 'token-usage') {
    const usage = readUsage(line, said);
    return usage && { kind: 'usage', usage };
  }
  if (at(line, 'msg') !== 'signal-result' || at(line, 'type') !== 'return') return undefined;
  const value = text(line, 'value');
  if (value === undefined) return undefined;
  const length = at(line, 'length');
  const isCut = typeof length === 'number' && length > value.length;
  return { kind: 'return', returned: { value, isCut, at: said } };
}

/** The same of a line as text. */
export function readContractText(line: string, said: string): ContractLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return readContractLine(JSON.parse(line), said);
  } catch {
    return undefined;
  }
}
