import type { PortMethods } from './port-methods.ts';
import { betweens } from './sites.ts';
import { above, lineOf, nameOf, propertyOf, type Source, type Syntax } from './syntax.ts';

/**
 * Uses of ports by which a call could be made that the list of sites does not see, as `<file>:<line> <text>`: a port or one of its
 * methods under another name, in a variable, as an argument, or by a computed name. Ports travel as `ports`, or as an object
 * whose fields have their names; the commit of `optimistically` travels as `commit`.
 */
export function hiddenUses(sources: readonly Source[], methods: PortMethods): string[] {
  return sources
    .filter(({ file }) => !betweens.includes(file))
    .flatMap(({ file, text, nodes }) =>
      nodes
        .filter((node) => isHidden(node, text, methods))
        .map((node) => {
          const shown = text.slice(node.start, node.end).split('\n')[0];
          return `${file}:${lineOf(text, node.start)} ${shown}`;
        }),
    );
}

function isHidden(node: Syntax, text: string, methods: PortMethods): boolean {
  return (
    isPortOnItsWay(node, text, methods) ||
    isRenamed(node, text, methods) ||
    isPortsElsewhere(node, text) ||
    isCommitElsewhere(node, text)
  );
}

/** A port that is anything else than asked for a method right there: `f(ports.jobs)`, `const { get } = documents`. */
function isPortOnItsWay(node: Syntax, text: string, methods: PortMethods): boolean {
  const member = propertyOf(node);
  const isMember = member !== undefined && methods.has(member) && isPorts(node.fields.object);
  const name = nameOf({ type: node.type, ...node.fields });
  const isOwn =
    name !== undefined && methods.has(name) && isUse(node) && isBoundToPort(node, name, text);
  return (isMember || isOwn) && !isAsked(node) && !isShorthand(node);
}

/** `documents` in `documents.get(…)`. */
function isAsked({ role, parent }: Syntax): boolean {
  return (
    role === 'object' &&
    parent !== undefined &&
    propertyOf(parent) !== undefined &&
    parent.role === 'callee'
  );
}

/** `documents` in `{ documents }`: it keeps its name. */
function isShorthand({ parent, role }: Syntax): boolean {
  return parent?.type === 'Property' && role === 'value' && parent.fields.shorthand === true;
}

/** Ports taken apart under other names, or with a rest that has them: `{ documents: store }: Ports`. */
function isRenamed(node: Syntax, text: string, methods: PortMethods): boolean {
  if (node.type !== 'ObjectPattern' || !isOfPorts(node, text)) return false;
  const properties = node.fields.properties as { type: string; key?: unknown; value?: unknown }[];
  return properties.some(({ type, key, value }) => {
    const name = nameOf(key);
    if (type === 'RestElement' || name === undefined) return true;
    return methods.has(name) && nameOf(value) !== name;
  });
}

/** Whether a pattern takes ports apart. */
function isOfPorts({ fields, parent, role }: Syntax, text: string): boolean {
  if (isPortsType(fields.typeAnnotation, text)) return true;
  return parent?.type === 'VariableDeclarator' && role === 'id' && isPorts(parent.fields.init);
}

/** All ports under another name or as another type, or by a computed name: `const all = ports`, `{ ports: all }`, `ports[name]`. */
function isPortsElsewhere(node: Syntax, text: string): boolean {
  const { type, fields, parent, role } = node;
  switch (type) {
    case 'MemberExpression':
      return fields.computed === true && isPorts(fields.object);
    case 'VariableDeclarator': {
      const name = nameOf(fields.id);
      return arePorts(fields.init) && name !== undefined && name !== 'ports';
    }
    case 'AssignmentExpression':
      return arePorts(fields.right);
    case 'Property':
      return parent?.type === 'ObjectPattern'
        ? nameOf(fields.key) === 'ports' && nameOf(fields.value) !== 'ports'
        : arePorts(fields.value) && nameOf(fields.key) !== 'ports';
    case 'ArrayExpression':
      return (fields.elements as unknown[]).some(arePorts);
    case 'TSAsExpression':
      return isPorts(fields.expression);
    case 'CallExpression':
      return isReflection(fields.callee) && (fields.arguments as unknown[]).some(arePorts);
    default: {
      const isParameter = type === 'Identifier' && role === 'params';
      return isParameter && isPortsType(fields.typeAnnotation, text) && fields.name !== 'ports';
    }
  }
}

/** `ports`, or an object that it was spread into. */
function arePorts(value: unknown): boolean {
  if (isPorts(value)) return true;
  if (!isSyntax(value) || value.type !== 'ObjectExpression') return false;
  const parts = (value as unknown as { properties: { argument?: unknown }[] }).properties;
  return parts.some(({ argument }) => isPorts(argument));
}

/** `Object.values`, `Reflect.get` and their like, which read fields by names that nobody sees. */
function isReflection(callee: unknown): boolean {
  const name = isSyntax(callee) ? nameOf(callee.object) : undefined;
  return name === 'Object' || name === 'Reflect';
}

/** `ports`, or a field of this name. */
function isPorts(value: unknown): boolean {
  if (nameOf(value) === 'ports') return true;
  return isSyntax(value) && propertyOf({ ...value, fields: value }) === 'ports';
}

function isSyntax(value: unknown): value is Syntax & { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Whether a type annotation names ports: `Ports`, `Pick<Ports, 'jobs'>`, `Instance['ports']`; but not one of their methods. */
function isPortsType(annotation: unknown, text: string): boolean {
  const written = writtenAs(annotation, text);
  return /\b\w*Ports\b(?!\[)|\['ports'\]/.test(written);
}

function writtenAs(annotation: unknown, text: string): string {
  if (!isSyntax(annotation)) return '';
  const { start, end } = annotation as { start: number; end: number };
  return text.slice(start, end);
}

/** The commit of `optimistically` under another name, or anywhere else than called or handed on. */
function isCommitElsewhere(node: Syntax, text: string): boolean {
  const { type, fields, parent, role } = node;
  if (type === 'CallExpression' && nameOf(fields.callee) === 'optimistically') {
    const [, decide] = fields.arguments as Syntax[];
    if (!isSyntax(decide) || !Array.isArray(decide.params)) return true;
    const [commit] = decide.params as unknown[];
    return commit !== undefined && nameOf(commit) !== 'commit';
  }
  if (type !== 'Identifier') return false;
  const isParameter = role === 'params';
  if (isParameter && /\['commit'\]|\bCommit\b/.test(writtenAs(fields.typeAnnotation, text))) {
    return fields.name !== 'commit';
  }
  if (fields.name !== 'commit' || isParameter || !isUse(node)) return false;
  return !(parent?.type === 'CallExpression' && (role === 'callee' || role === 'arguments'));
}

/** Whether an identifier stands for a value, and is no name of a field, a variable or a parameter. */
function isUse({ parent, role }: Syntax): boolean {
  if (!parent || parent.type.startsWith('TS')) return false;
  if (role === 'key' || role === 'property' || role === 'params' || role === 'id') return false;
  if (parent.type === 'ArrayPattern' || parent.type === 'ImportSpecifier') return false;
  return parent.parent?.type !== 'ObjectPattern';
}

/** Whether the nearest variable or parameter of this name around a node was taken from ports. */
function isBoundToPort(node: Syntax, name: string, text: string): boolean {
  for (const { fields } of above(node)) {
    const params = Array.isArray(fields.params) ? (fields.params as Syntax[]) : [];
    for (const pattern of params.filter(isSyntax)) {
      if (binds(pattern, name)) return isPortsType(pattern.typeAnnotation, text);
    }
    for (const { id, init } of declaredIn(fields.body)) {
      if (isSyntax(id) && binds(id, name)) return isPorts(init);
    }
  }
  return false;
}

interface Declarator {
  id?: unknown;
  init?: unknown;
}

function declaredIn(body: unknown): Declarator[] {
  if (!Array.isArray(body)) return [];
  return body.flatMap((statement: { type: string; declarations?: Declarator[] }) =>
    statement.type === 'VariableDeclaration' ? (statement.declarations ?? []) : [],
  );
}

function binds(pattern: { [field: string]: unknown }, name: string): boolean {
  if (nameOf(pattern) === name) return true;
  const parts = [pattern.properties, pattern.elements].flat().filter(isSyntax);
  return parts.some((part) => nameOf(part) === name || nameOf(part.value) === name);
}
