/** Whether values pass a list of patterns, and which of them decided. */
export interface Verdict {
  passes: boolean;
  /** The negated pattern that a value fits, with its `!`. */
  forbidden?: string;
}

/**
 * Holds values against patterns, case-sensitive. A pattern is the text itself, or has `*` for any characters but `/`, or `**`
 * for any at all; `!` in front negates it, and `\!` is the character. No value may fit a negated pattern, and where there are
 * others, some value must fit one of those: so a list of negations alone passes unless one of them is hit.
 */
export function judge(patterns: readonly string[], values: readonly string[]): Verdict {
  const isFit = (glob: string): boolean => values.some((value) => fits(value, glob));
  const forbidden = patterns.find((pattern) => pattern.startsWith('!') && isFit(pattern.slice(1)));
  if (forbidden !== undefined) return { passes: false, forbidden };
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const isNegative = wanted.length === 0 && patterns.length > 0;
  return { passes: isNegative || wanted.some((pattern) => isFit(pattern.replace(/^\\!/, '!'))) };
}

/**
 * Whether a text fits a glob. All places of the glob that the text so far may have reached are followed at once, so that time
 * is the product of both lengths at worst: texts come from outside, and a regular expression could be made to hang. Nothing
 * but `*` is special: names hold brackets (`dependabot[bot]`), braces and `+`.
 */
export function fits(text: string, glob: string): boolean {
  if (text === glob) return true;
  if (!glob.includes('*')) return false;
  const parts = glob.match(/\*+|[^*]/g) ?? [];
  let reached = withSkipped(parts, new Set([0]));
  for (const letter of text.split('')) {
    const next = new Set<number>();
    for (const place of reached) {
      const part = parts[place];
      if (part === undefined) continue;
      if (part === letter) next.add(place + 1);
      else if (part.startsWith('*') && (part.length > 1 || letter !== '/')) next.add(place);
    }
    if (next.size === 0) return false;
    reached = withSkipped(parts, next);
  }
  return reached.has(parts.length);
}

/** The places reached, and those behind stars, which may stand for nothing. */
function withSkipped(parts: readonly string[], reached: Set<number>): Set<number> {
  for (const place of reached) if (parts[place]?.startsWith('*')) reached.add(place + 1);
  return reached;
}
