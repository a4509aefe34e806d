/** Deepest nesting that is laid out; what is deeper stays on its line, or indentation would outgrow the text. */
const deepest = 20;
const indent = '  ';

/** One lexeme of JSON: a text, a bracket, a comma, a colon, or anything else that is not white space. */
const lexeme = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * JSON laid out for a reader; undefined when it is none. Only white space changes: numbers keep all their digits, and a name
 * that stands twice stands twice.
 */
export function indented(json: string): string | undefined {
  if (!isJson(json)) return undefined;
  const pieces: string[] = [];
  let depth = 0;
  let before = '';
  const breakLine = (): void => {
    if (depth <= deepest) pieces.push('\n', indent.repeat(depth));
  };
  for (const [token] of json.matchAll(lexeme)) {
    const closes = token === '}' || token === ']';
    const isEmpty = closes && (before === '{' || before === '[');
    if (closes) {
      if (!isEmpty && depth <= deepest) pieces.push('\n', indent.repeat(depth - 1));
      depth -= 1;
    } else if (before === '{' || before === '[' || before === ',') breakLine();
    pieces.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth += 1;
    before = token;
  }
  return pieces.join('');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
