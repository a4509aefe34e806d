import { z } from 'zod';

/** Seven days in seconds: the longest task timeout of Cloud Run (Cloud Run quotas page). */
const longestTimeout = 7 * 24 * 3_600;

/** How often, how many: 0 or more. */
export const count = z.int().min(0);
/** 1 or more. */
export const positive = z.int().min(1);
export const text = z.string();
export const name = z.string().min(1);
export const names = z.array(name);
export const flag = z.boolean();
/** Memory, in Docker's sizes (`4g`, `1.5g`, or bytes) or those of Kubernetes (`4Gi`); the unit is taken in either case. */
export const size = z.string().regex(/^\d{1,15}(\.\d{1,3})?([KkMmGg][Ii]?)?[Bb]?$/);
export const timeout = z.int().min(1).max(longestTimeout);

/** A value that `problemOf` says nothing against; what it says becomes the message. */
export function checked<T extends z.ZodType>(
  type: T,
  problemOf: (value: z.output<T>) => string | undefined,
): T {
  return type.check((context) => {
    const message = problemOf(context.value);
    if (message === undefined) return;
    context.issues.push({ code: 'custom', message, input: context.value });
  }) as T;
}
