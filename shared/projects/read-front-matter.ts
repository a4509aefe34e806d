import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { deepest, type Located, type LocatedTable } from './located.ts';
import { aboutFile, fieldOf, type Path, type Problem } from './problem.ts';

/** YAML between two lines of `---` at the very beginning, and what follows it. */
const fences = /^---[ \t]*\r?\n((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|$)([\s\S]*)$/;

/** Characters of front matter, at most. */
const longest = 65_536;

/**
 * Splits a SKILL.md into its instructions and the table of its front matter, with the line of every value. Keys
 * without a value count as not there.
 */
export function readFrontMatter(
  file: string,
  text: string,
  problems: Problem[],
): { skill: string; matter: Located } {
  const whole = text.replace(/^\uFEFF/, '');
  const none: Located = { file, line: 1, content: new Map() };
  const [, front, body] = fences.exec(whole) ?? [];
  if (front === undefined) return { skill: whole.trim(), matter: none };
  const skill = (body ?? '').trim();
  if (front.length > longest) {
    problems.push(
      aboutFile(file, `front matter: found ${front.length} characters; at most ${longest}`),
    );
    return { skill, matter: none };
  }
  return { skill, matter: readYaml(file, front, problems) ?? none };
}

function readYaml(file: string, front: string, problems: Problem[]): Located | undefined {
  const lines = new LineCounter();
  // The front matter begins on the second line of its file.
  const lineAt = (offset: number): number => lines.linePos(offset).line + 1;
  try {
    const document = parseDocument(front, { lineCounter: lines, prettyErrors: false });
    for (const { pos, message } of document.errors) {
      problems.push({ file, line: lineAt(pos[0]), field: '', message: `front matter: ${message}` });
    }
    if (document.errors.length > 0 || document.contents === null) return undefined;
    const content = createReader(file, lineAt, problems)(document.contents, []);
    if (content instanceof Map) return { file, line: 1, content };
    if (content === null || content === undefined) return undefined;
  } catch (error) {
    // The parser goes as deep as the text does.
    if (!(error instanceof RangeError)) throw error;
    problems.push(aboutFile(file, 'front matter: nested too deep'));
    return undefined;
  }
  problems.push({
    file,
    line: 2,
    field: '',
    message: 'front matter: expected lines of `key: value`',
  });
  return undefined;
}

function createReader(file: string, lineAt: (offset: number) => number, problems: Problem[]) {
  const lineOf = (node: Node | null): number => lineAt(node?.range?.[0] ?? 0);
  const refuse = (node: Node | null, path: Path, message: string): undefined => {
    problems.push({ file, line: lineOf(node), field: fieldOf(path), message });
    return undefined;
  };

  const read = (node: Node, path: Path): Located['content'] | undefined => {
    if (path.length > deepest) return refuse(node, path, `nested deeper than ${deepest} levels`);
    if (isScalar(node)) return scalar(node.value, node, path);
    if (isSeq<Node>(node)) {
      return node.items.flatMap((item, index): Located[] => {
        const content = read(item, [...path, index]);
        return content === undefined ? [] : [{ file, line: lineOf(item), content }];
      });
    }
    if (isAlias(node)) return refuse(node, path, 'aliases (*name) are not read; write the value');
    if (!isMap<Node, Node | null>(node)) return undefined;
    const table: LocatedTable = new Map();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined || name === '__proto__') {
        refuse(key, path, 'a key here is not a name that can be used');
        continue;
      }
      const content = value === null ? null : read(value, [...path, name]);
      if (content !== undefined && content !== null) {
        table.set(name, { file, line: lineOf(key), content });
      }
    }
    return table;
  };

  const scalar = (value: unknown, node: Node, path: Path): Located['content'] | undefined => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return refuse(node, path, `${String(value)} is no value that JSON can hold`);
  };

  return read;
}
