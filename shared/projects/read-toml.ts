import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { deepest, type Located, type LocatedTable } from './located.ts';
import { aboutFile, fieldOf, type Path, type Problem } from './problem.ts';

/** Bytes of a configuration file, at most; its agent would not fit a container's variable long before. */
export const largestFile = 262_144;

/** Reads TOML 1.0 with the line of every value; undefined, with a problem, when it is none. Dates are read as their text. */
export function readToml(file: string, text: string, problems: Problem[]): Located | undefined {
  const size = Buffer.byteLength(text);
  if (size > largestFile) {
    problems.push(aboutFile(file, `found ${size} bytes; at most ${largestFile} are read`));
    return undefined;
  }
  try {
    const [top] = parseTOML(text.replace(/^\uFEFF/, ''), { tomlVersion: '1.0' }).body;
    return readTop(file, top, problems);
  } catch (error) {
    if (error instanceof ParseError) {
      const message = `not TOML: ${error.message}`;
      problems.push({ file, line: error.lineNumber, field: '', message });
    } else if (error instanceof RangeError) {
      problems.push(aboutFile(file, 'not read: a value in it is too long, or nested too deep'));
    } else throw error;
    return undefined;
  }
}

function readTop(file: string, top: AST.TOMLTopLevelTable, problems: Problem[]): Located {
  const root: LocatedTable = new Map();
  const reader = createReader(file, problems);
  for (const part of top.body) {
    if (part.type === 'TOMLKeyValue') {
      reader.pair(root, part, []);
      continue;
    }
    const line = part.loc.start.line;
    const table = reader.open(root, part.resolvedKey, line, []);
    if (table) for (const pair of part.body) reader.pair(table, pair, part.resolvedKey);
  }
  return { file, line: 1, content: root };
}

function createReader(file: string, problems: Problem[]) {
  const refuse = (line: number, path: Path, message: string): undefined => {
    problems.push({ file, line, field: fieldOf(path.slice(0, deepest)), message });
    return undefined;
  };

  /** The table at `path` below `table`, made where it is not there; undefined, with a problem, when there can be none. */
  const open = (
    table: LocatedTable,
    path: Path,
    line: number,
    above: Path,
  ): LocatedTable | undefined => {
    if (above.length + path.length > deepest) {
      return refuse(line, [...above, ...path], `nested deeper than ${deepest} levels`);
    }
    let at: LocatedTable | Located[] = table;
    for (const [depth, step] of path.entries()) {
      const full = [...above, ...path.slice(0, depth + 1)];
      if (step === '__proto__') return refuse(line, full, 'not a name that can be used');
      let next: Located | undefined = Array.isArray(at) ? at[Number(step)] : at.get(String(step));
      if (!next) {
        const isList = typeof path[depth + 1] === 'number';
        next = { file, line, content: isList ? [] : new Map<string, Located>() };
        if (Array.isArray(at)) at.push(next);
        else at.set(String(step), next);
      }
      const content: Located['content'] = next.content;
      if (!Array.isArray(content) && !(content instanceof Map)) return undefined;
      at = content;
    }
    return Array.isArray(at) ? undefined : at;
  };

  const pair = (table: LocatedTable, { key, value }: AST.TOMLKeyValue, above: Path): void => {
    const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
    const { line } = key.loc.start;
    const target = open(table, names.slice(0, -1), line, above);
    const last = names.at(-1);
    if (!target || last === undefined) return;
    const path = [...above, ...names];
    const isUsable = last !== '__proto__';
    if (!isUsable) refuse(line, path, 'not a name that can be used');
    const content = isUsable ? contentOf(value, path) : undefined;
    if (content !== undefined) target.set(last, { file, line, content });
  };

  const contentOf = (node: AST.TOMLContentNode, path: Path): Located['content'] | undefined => {
    const { line } = node.loc.start;
    if (path.length > deepest) return refuse(line, path, `nested deeper than ${deepest} levels`);
    if (node.type === 'TOMLArray') {
      return node.elements.flatMap((element, index): Located[] => {
        const content = contentOf(element, [...path, index]);
        return content === undefined ? [] : [{ file, line: element.loc.start.line, content }];
      });
    }
    if (node.type === 'TOMLInlineTable') {
      const table: LocatedTable = new Map();
      for (const inner of node.body) pair(table, inner, path);
      return table;
    }
    if (node.kind === 'integer' && !Number.isSafeInteger(node.value)) {
      return refuse(line, path, `${node.number} is too large to be exact; write it as a text`);
    }
    if (node.kind === 'float' && !Number.isFinite(node.value)) {
      return refuse(line, path, `${node.number} is no number that JSON can hold`);
    }
    return 'datetime' in node ? node.datetime : node.value;
  };

  return { open, pair };
}
