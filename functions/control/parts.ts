import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Actor } from '../../shared/audit/audit.ts';
import { type ApiErrorCode, apiErrors } from '../http/api-errors.ts';
import { type Refusal, refusal } from '../http/refusal.ts';
import type { ControlEnv } from './authenticate.ts';

/** Parts that the descriptions of routes have in common. */

const refusalSchema = z
  .object({
    error: z.string(),
    code: z.enum(Object.keys(apiErrors) as ApiErrorCode[]).openapi({
      description: 'What it was refused for; the header `x-drover-error` says it too.',
    }),
    page: z
      .string()
      .openapi({ description: 'What happened, why, and what to do, in the repository.' }),
    hint: z.string().optional().openapi({ description: 'What to do about it.' }),
    issues: z
      .array(z.object({ where: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'What is wrong with the request, one entry a field.' }),
  })
  .openapi('Refusal');

const refused = (description: string) => ({
  description,
  content: { 'application/json': { schema: refusalSchema } },
});

/** What any route may answer instead of what was asked for. */
export const refusals = {
  '4XX': refused(
    '400: wrong in itself. 401: no key or identity of ours. 403: not for this caller. 404: no such thing. 405: another method. 409: not possible as things stand. 413: too large.',
  ),
  503: refused('Busy, or nothing is published yet; try again.'),
} as const;

/** The answers of a route whose good answer is JSON of this shape. */
export const answers = <S extends z.ZodType>(description: string, schema: S) => ({
  200: { description, content: { 'application/json': { schema } } },
  ...refusals,
});

/** A body of JSON, which may be left out. */
export const body = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

/** A text without what no service can keep: half characters are replaced, and there is no U+0000. */
export const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\0]*$/, 'has the character U+0000')
    .overwrite((value) => value.toWellFormed());

/** A whole number from 1 to `most`, in a query. */
export const count = (most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'is not a whole number from 1')
    .transform(Number)
    .refine((value) => value <= most, `is more than ${most}`)
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: most });

/** An ISO time in a query, in ms since the epoch. */
export const time = () =>
  z
    .string()
    .max(40)
    .refine((value) => isTime(value), 'is not a time such as 2026-03-01T12:00:00Z')
    .transform((value) => Date.parse(value))
    .optional()
    .openapi({ type: 'string', format: 'date-time' });

function isTime(value: string): boolean {
  const at = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return at >= 0;
}

/** A place where an earlier answer ended. */
export const cursor = () =>
  z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .openapi({ description: 'Where an earlier answer said that the next page begins.' });

/** What every list takes. */
export const page = { limit: count(200), cursor: cursor() };
/** Entries of a page, unless it is asked for more or fewer. */
export const usualPage = 50;

/** The rest of a list: null at its end. */
export const nextCursor = z
  .string()
  .nullable()
  .openapi({ description: 'The cursor of the next page; null at the end.' });

const agentName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
/** What every id of a run looks like. */
export const runId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,61}$/);
const deliveryId = z
  .string()
  .max(301)
  .regex(/^[A-Za-z0-9][\w.-]*:[A-Za-z0-9][\w.-]*$/);

/** What stands in a path. What cannot be the name of anything is answered 404. */
export const agentParam = z.object({ agent: agentName });
export const runParam = z.object({ run: runId });
export const deliveryParam = z.object({ delivery: deliveryId });
/** The same, as Action Llama calls them. */
export const nameParam = z.object({ name: agentName });
export const instanceParam = z.object({ instanceId: runId });
export const nameAndInstanceParam = z.object({ name: agentName, instanceId: runId });
export const receiptParam = z.object({ receiptId: deliveryId });

const longestWhy = 500;

/** Why something is done; it goes into the audit entry. The header `x-drover-why` says it as well. */
export const why = text(longestWhy)
  .optional()
  .openapi({ description: 'Why; it is kept in the audit entry.' });

/** What may be said of a change beside its body. */
export const whyHeader = z.object({ 'x-drover-why': why });

/** The same for what makes something new: a key that makes a repeated request the same request. */
export const keyHeader = z.object({
  'x-drover-why': why,
  'idempotency-key': z
    .string()
    .regex(/^[!-~]{1,200}$/, 'is not 1 to 200 visible characters of ASCII')
    .optional()
    .openapi({ description: 'The same key twice is one request; both have the same answer.' }),
});

/** What is said to whoever uses the key of one request for another. */
export const keyReused = 'its idempotency key was used for another request: take a new one';

/** Who changes something, and why: for the audit entry. */
export function actorOf(
  context: Context<ControlEnv>,
  said: { why?: string | undefined } = {},
): Actor {
  const header = context.req.header('x-drover-why') ?? '';
  return { who: context.get('caller').who, why: said.why ?? asMeant(header) };
}

/** A header as its sender meant it: most send UTF-8, whose bytes HTTP hands on as Latin-1. */
function asMeant(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

/** The idempotency key of a request; null when it has none. */
export function keyOf(context: Context<ControlEnv>): string | null {
  return context.req.header('idempotency-key') ?? null;
}

/** 404 for a thing that is not there. */
export function unknown(what: string): Refusal {
  return refusal('not-found', `there is no ${what}`);
}

/** An ISO time, or null. */
export function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

/** Of a route that does something and takes no query: what is asked for there, such as a dry run, must not be passed over. */
export const noQuery = z.strictObject({});
