import { createHash } from 'node:crypto';

/** Longest id of a service account (IAM docs, "Create service accounts": 6 to 30 characters). */
const longestAccount = 30;

/** The id of the service account that an agent's containers run as (D17). A name that is too long is cut, and told from others by a hash. */
export function agentAccountId(agent: string): string {
  const whole = `drover-a-${agent}`;
  if (whole.length <= longestAccount) return whole.replace(/-+$/, '');
  const hash = createHash('sha256').update(agent).digest('hex').slice(0, 6);
  return `${whole.slice(0, longestAccount - hash.length - 1)}-${hash}`;
}
