/** Longest part of a text that is quoted, in UTF-16 units. */
const longestQuote = 60;

/** A text in quotation marks, cut. */
export function quoted(text: string): string {
  return text.length > longestQuote
    ? `${JSON.stringify(text.slice(0, longestQuote))}…`
    : JSON.stringify(text);
}
