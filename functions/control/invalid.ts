import type { Context, ValidationTargets } from 'hono';
import type { ZodError } from 'zod';
import { refuse } from '../http/refusal.ts';

/** Issues that an answer lists. */
const mostIssues = 20;

type Checked = { target: keyof ValidationTargets } & (
  | { success: true }
  | { success: false; error: ZodError }
);

/**
 * The answer to a request that does not have the shape its route describes. A path that cannot name anything is one at which
 * there is nothing.
 */
export function refuseInvalid(checked: Checked, context: Context): Response | undefined {
  if (checked.success) return undefined;
  if (checked.target === 'param') {
    return refuse(context, 'no-such-path', `nothing at ${context.req.method} ${context.req.path}`);
  }
  const where = checked.target === 'json' ? 'body' : checked.target;
  const issues = checked.error.issues.slice(0, mostIssues).map(({ path, message }) => ({
    where: [where, ...path.map(String)].join('.'),
    message,
  }));
  return refuse(context, 'bad-request', 'the request is not as it should be; see issues', {
    issues,
  });
}
