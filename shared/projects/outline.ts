import { z } from 'zod';
import type { Path } from './problem.ts';
import { quoted } from './quoted.ts';
import type { FieldMeta } from './schema/field.ts';

/** A schema as JSON Schema has it, with what we say of its fields. */
export interface Outline extends Partial<FieldMeta> {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  properties?: { readonly [name: string]: Outline };
  required?: readonly string[];
  additionalProperties?: Outline | boolean;
  items?: Outline;
  anyOf?: readonly Outline[];
}

const outlines = new WeakMap<z.ZodType, Outline>();

/** The outline of `schema`, made once. */
export function outlineOf(schema: z.ZodType): Outline {
  const known = outlines.get(schema);
  if (known) return known;
  const outline = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as Outline;
  outlines.set(schema, outline);
  return outline;
}

/** The outline of what may stand at `path`, if anything may. */
export function outlineAt(outline: Outline, path: Path): Outline | undefined {
  let found: Outline | undefined = outline;
  for (const step of path) {
    const choices: readonly Outline[] = found === undefined ? [] : [found, ...(found.anyOf ?? [])];
    found = choices.map((choice) => within(choice, step)).find((choice) => choice !== undefined);
  }
  return found;
}

function within(outline: Outline, step: string | number): Outline | undefined {
  if (typeof step === 'number') return outline.items;
  const { properties, additionalProperties } = outline;
  if (properties && Object.hasOwn(properties, step)) return properties[step];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** What is allowed, in words: `a whole number from 1 to 20`. */
export function expected(outline: Outline): string {
  const words = outline.expects ?? byType(outline);
  return outline.unit === undefined ? words : `${words} (${outline.unit})`;
}

function byType(outline: Outline): string {
  const { type, enum: values, anyOf, items } = outline;
  if (values) return listed(values.map((value) => JSON.stringify(value)));
  if (outline.const !== undefined) return JSON.stringify(outline.const);
  if (anyOf) return listed(anyOf.map(expected));
  switch (type) {
    case 'integer':
      return `a whole number${range(outline)}`;
    case 'number':
      return `a number${range(outline)}`;
    case 'string':
      return outline.minLength ? 'a text that is not empty' : 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return items?.type === 'string' ? 'a list of texts' : 'a list';
    default:
      return 'a table';
  }
}

/** Bounds, but for those of every whole number that can be held exactly. */
function range({ minimum, maximum }: Outline): string {
  const from = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from === undefined) return to === undefined ? '' : `, at most ${to}`;
  return to === undefined ? `, at least ${from}` : ` from ${from} to ${to}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What was found, in words. */
export function described(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a table';
  return typeof value === 'string' ? quoted(value) : `the ${typeof value} ${String(value)}`;
}
