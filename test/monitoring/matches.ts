/** A log entry as Cloud Logging has it, as far as filters of ours look at it. */
export interface Entry {
  logName: string;
  severity: string;
  resource: { type: string; labels: { [label: string]: string } };
  jsonPayload: { [field: string]: unknown };
}

const severities = ['DEFAULT', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL'];

/** One comparison of a filter, and the space after it. */
const comparison = /^(NOT )?(?:log_id\("([^"]*)"\)|([\w.]+)(=~|>=|=)("(?:[^"\\]|\\.)*"|\w+))\s*/;

/**
 * Whether an entry is one that a filter asks for, in the part of Logging's query language that our metrics use: comparisons side by
 * side, of which all must hold. Throws at whatever else it is given.
 */
export function matches(filter: string, entry: Entry): boolean {
  let rest = filter;
  let isMatch = true;
  while (rest !== '') {
    const found = comparison.exec(rest);
    if (!found) throw new Error(`no filter of ours is written like this: ${rest}`);
    const [all, not, logId, field = '', operator = '', quoted = ''] = found;
    const holds =
      logId === undefined
        ? compare(textAt(entry, field), operator, quoted.replaceAll(/^"|"$/g, ''))
        : entry.logName.endsWith(`/logs/${encodeURIComponent(logId)}`);
    isMatch &&= holds !== (not !== undefined);
    rest = rest.slice(all.length);
  }
  return isMatch;
}

function compare(found: string, operator: string, wanted: string): boolean {
  if (operator === '=') return found === wanted;
  if (operator === '=~') return new RegExp(wanted).test(found);
  return severities.indexOf(found) >= severities.indexOf(wanted);
}

/** The value at a path of fields, `jsonPayload.agent`, as text. */
export function textAt(entry: Entry, path: string): string {
  let at: unknown = entry;
  for (const field of path.split('.')) {
    at = typeof at === 'object' && at !== null ? (at as { [name: string]: unknown })[field] : '';
  }
  return typeof at === 'string' || typeof at === 'number' ? `${at}` : '';
}
