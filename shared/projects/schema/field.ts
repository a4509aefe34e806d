import type { z } from 'zod';

/** What a field is, beyond its type: the documentation, the editors' schemas and the messages are made from it. */
export interface FieldMeta {
  /** A sentence without its stop. */
  description: string;
  /** Who has this field; default: Action Llama, whose name and meaning it keeps. */
  origin?: 'Drover';
  /** What an agent or project has that does not say. */
  default?: string | number | boolean;
  /** The same in words, where it is no constant. */
  otherwise?: string;
  unit?: 'seconds' | 'days' | 'minutes' | 'dollars';
  /** What is allowed, where the type alone does not say it. */
  expects?: string;
  /** Read, and nothing acts on it: why. A project that sets it is warned. */
  unused?: string;
  /** Values of an unused field that say what is so anyway, and need no warning. */
  harmless?: readonly (string | number | boolean)[];
  /** An old name: what to say instead. A project that sets it is warned. */
  instead?: string;
}

/** A field of a configuration file. */
export function field<T extends z.ZodType>(type: T, meta: FieldMeta): z.ZodOptional<T> {
  return (
    type.meta({ ...meta, ...(meta.instead && { deprecated: true }) }) as T
  ).optional() as z.ZodOptional<T>;
}

/** A field that must be there. */
export function required<T extends z.ZodType>(type: T, meta: FieldMeta): T {
  return type.meta({ ...meta }) as T;
}
