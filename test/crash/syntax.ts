import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { repositoryRoot } from '../../infra/local/repository.ts';

/** A node of a syntax tree (ESTree with TypeScript), with what it was found in. */
export interface Syntax {
  type: string;
  /** Place of its first character in the text. */
  start: number;
  end: number;
  fields: { readonly [name: string]: unknown };
  /** Undefined for the whole file. */
  parent: Syntax | undefined;
  /** Where it stands in its parent. */
  role: string;
}

/** A source file, parsed. */
export interface Source {
  /** Path below the root of the repository. */
  file: string;
  text: string;
  /** Every node, a parent before its children, in the order of the text. */
  nodes: readonly Syntax[];
}

/** Files of the domain that only tests import. */
const forTests = /\.test\.ts$|(^|\/)(test-\w+|fixture)\.ts$/;

/** The sources of the domain and of the functions: everything that may call a port, but for the adapters. */
export function readSources(): Source[] {
  return ['shared', 'functions']
    .flatMap((folder) =>
      readdirSync(join(repositoryRoot(), folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !forTests.test(file))
    .filter((file) => !file.startsWith('shared/cloud/'))
    .sort()
    .map((file) => parse(file, readFileSync(join(repositoryRoot(), file), 'utf8')));
}

/** Throws where the text is no TypeScript. */
export function parse(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error) throw new Error(`${file}: ${error.message}`);
  const nodes: Syntax[] = [];
  visit(program, undefined, '', nodes);
  return { file, text, nodes };
}

function visit(value: unknown, parent: Syntax | undefined, role: string, nodes: Syntax[]): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, parent, role, nodes);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = value as { readonly [name: string]: unknown };
  const { type, start, end } = fields;
  if (typeof type !== 'string' || typeof start !== 'number' || typeof end !== 'number') return;
  const node: Syntax = { type, start, end, fields, parent, role };
  nodes.push(node);
  for (const [name, field] of Object.entries(fields)) visit(field, node, name, nodes);
}

/** The name that a node is, where it is one; undefined for anything else. */
export function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, name } = value as { type?: unknown; name?: unknown };
  return type === 'Identifier' && typeof name === 'string' ? name : undefined;
}

/** The name of the property that a member expression reads; undefined for one that is computed, and for anything else. */
export function propertyOf({ type, fields }: Syntax): string | undefined {
  return type === 'MemberExpression' && fields.computed !== true
    ? nameOf(fields.property)
    : undefined;
}

/** The nodes that this one stands in, from the nearest on. */
export function* above(node: Syntax): Generator<Syntax> {
  for (let at = node.parent; at; at = at.parent) yield at;
}

/** The line of a place in a text, counted from 1. */
export function lineOf(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}
