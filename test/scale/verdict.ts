import { isOver } from '../../shared/runs/states.ts';
import type { Lived } from './live.ts';

/** What did not hold, in words; nothing when all did. */
export function judge({
  ledger,
  promised,
  refused,
  failures,
  leftovers,
}: Pick<Lived, 'ledger' | 'promised' | 'refused' | 'failures' | 'leftovers'>): string[] {
  const wrong: string[] = [];
  const lost = promised.filter((id) => !ledger.runs.has(id));
  if (lost.length > 0)
    wrong.push(`${lost.length} runs were promised and never admitted: ${lost[0]}`);
  if (refused > 0) wrong.push(`${refused} deliveries were not answered`);
  const runs = [...ledger.runs.entries()];
  const open = runs.filter(([, { state }]) => !isOver(state));
  if (open.length > 0) wrong.push(`${open.length} runs did not end: ${open[0]?.[0]}`);
  const unclean = runs.filter(([, { state, isClean }]) => isOver(state) && !isClean);
  if (unclean.length > 0)
    wrong.push(`${unclean.length} runs were not cleaned up: ${unclean[0]?.[0]}`);
  if (leftovers > 0) wrong.push(`${leftovers} jobs and secrets are left`);
  if (ledger.overtaking.length > 0) {
    wrong.push(`${ledger.overtaking.length} runs were overtaken: ${ledger.overtaking[0]}`);
  }
  for (const [how, count] of ledger.ended) {
    if (!isOfContainer(how)) wrong.push(`${count} runs ended ${how}`);
  }
  for (const [message, count] of failures) wrong.push(`${count} times ${message}`);
  return wrong;
}

/** What containers did: some fail, and some take longer than they may. */
const ofContainers: ReadonlySet<string> = new Set([
  'succeeded: completed',
  'failed: exit_code',
  'timed_out: timeout',
]);

function isOfContainer(how: string): boolean {
  return ofContainers.has(how);
}
