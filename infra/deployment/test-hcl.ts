/** A block of Terraform's language, as {@link parseHcl} reads it. */
export interface ParsedBlock {
  /** `resource`, `variable`, or the name of a nested block. */
  name: string;
  labels: string[];
  /** Names of arguments, of nested blocks, and what each has. */
  arguments: { [name: string]: string };
  blocks: ParsedBlock[];
}

const tokens =
  /\s+|#[^\n]*|(?<text>"(?:[^"\\\n]|\\.)*")|(?<word>[A-Za-z_][\w.-]*)|(?<number>\d+(?:\.\d+)?)|(?<sign>[{}[\]=,])/y;

/** Reads what we write of Terraform's language, and throws at the first thing that it does not know. */
export function parseHcl(source: string): ParsedBlock[] {
  const all = tokensOf(source);
  let at = 0;
  const next = (): string => all[at++] ?? fail('the end');
  const fail = (what: string): never => {
    throw new Error(`unexpected ${what} after ${all.slice(Math.max(0, at - 8), at).join(' ')}`);
  };
  const expectToken = (token: string): void => {
    const found = next();
    if (found !== token) fail(found);
  };
  const value = (): string => {
    const first = next();
    if (first === '[') {
      while (all[at] !== ']') {
        value();
        expectToken(',');
      }
    } else if (first === '{') {
      while (all[at] !== '}') {
        if (!/^["A-Za-z_]/.test(next())) fail('key');
        expectToken('=');
        value();
      }
    } else return /^["\w]/.test(first) ? first : fail(first);
    return `${first}${next()}`;
  };
  const body = (end: string | undefined): Pick<ParsedBlock, 'arguments' | 'blocks'> => {
    const read: Pick<ParsedBlock, 'arguments' | 'blocks'> = { arguments: {}, blocks: [] };
    while (all[at] !== end) {
      const name = next();
      if (!/^[a-z_]+$/.test(name)) fail(name);
      if (all[at] === '=') {
        at += 1;
        if (name in read.arguments) fail(`second ${name}`);
        read.arguments[name] = value();
        continue;
      }
      const labels: string[] = [];
      while (all[at]?.startsWith('"')) labels.push(JSON.parse(next()) as string);
      expectToken('{');
      const inner = body('}');
      expectToken('}');
      read.blocks.push({ name, labels, ...inner });
    }
    return read;
  };
  return body(undefined).blocks;
}

function tokensOf(source: string): string[] {
  const all: string[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < source.length) {
    const begin = tokens.lastIndex;
    const { groups } = tokens.exec(source) ?? {};
    if (!groups) throw new Error(`no token: ${source.slice(begin, begin + 40)}`);
    const token = groups.text ?? groups.word ?? groups.number ?? groups.sign;
    if (token !== undefined) all.push(token);
  }
  return all;
}
