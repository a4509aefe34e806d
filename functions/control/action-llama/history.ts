import { z } from '@hono/zod-openapi';
import type { Delivery } from '../../../shared/deliveries/delivery.ts';
import { countUnanswered, listDeliveries, mostListed } from '../../../shared/deliveries/list.ts';
import type { Document, Ports } from '../../../shared/ports/index.ts';
import { countRuns, listRuns } from '../../../shared/runs/list.ts';
import type { Run } from '../../../shared/runs/run.ts';
import type { RunState } from '../../../shared/runs/states.ts';
import { deliveryOf } from '../../../shared/runs/trigger.ts';
import { begunAt, type Result, resultOf, statesOf, tookMs, triggerOf } from './words.ts';

/** Deepest that a list with page numbers is looked into: whoever wants more goes by cursors. */
export const deepest = 1_000;
/** Runs are counted no further than this. */
const mostCounted = 10_000;

/** A run, or a delivery that started none, in Action Llama's lists. */
export const historyRow = z.object({
  ts: z.number(),
  triggerType: z.string(),
  triggerSource: z.string().nullable(),
  eventSummary: z.string().nullable(),
  agentName: z.string().nullable(),
  instanceId: z.string().nullable(),
  result: z.string(),
  webhookReceiptId: z.string().nullable(),
  deadLetterReason: z.string().nullable(),
});
export type HistoryRow = z.infer<typeof historyRow>;

/** Which rows are wanted; what is left out does not matter. */
export interface HistoryFilter {
  agent?: string | undefined;
  triggerType?: string | undefined;
  results: readonly Result[];
  /** Ms since the epoch. */
  since?: number | undefined;
  /** Whether deliveries that started no run count as dead letters. */
  deadLetters: boolean;
}

/** The first `limit` rows, the newest first, and how many there are in all, as far as that is known. */
export async function readHistory(
  ports: Pick<Ports, 'documents'>,
  filter: HistoryFilter,
  limit: number,
): Promise<{ rows: HistoryRow[]; total: number }> {
  const states = [...new Set(filter.results.flatMap((result) => statesOf[result]))];
  const [runs, letters] = await Promise.all([
    states.length > 0 ? rowsOf(ports, filter, states, limit) : { rows: [], total: 0 },
    lettersOf(ports, filter, limit),
  ]);
  const rows = [...runs.rows, ...letters.rows].sort((a, b) => b.ts - a.ts);
  return { rows: rows.slice(0, limit), total: runs.total + letters.total };
}

async function rowsOf(
  ports: Pick<Ports, 'documents'>,
  { agent, triggerType, results, since }: HistoryFilter,
  states: readonly RunState[],
  limit: number,
): Promise<{ rows: HistoryRow[]; total: number }> {
  const filter = { agent, states, since };
  const rows: HistoryRow[] = [];
  // Two of its words are one state of ours, and its types of triggers are none of our fields: then more is looked at.
  const isSelected =
    triggerType === undefined && results.includes('completed') === results.includes('rerun');
  const looked = await listRuns(ports, filter, isSelected ? limit : deepest);
  for (const run of looked.documents) {
    const row = rowOf(run);
    const isWanted = results.includes(row.result as Result);
    if (isWanted && (triggerType ?? row.triggerType) === row.triggerType) rows.push(row);
  }
  const total = looked.next ? await countRuns(ports, filter, mostCounted) : rows.length;
  return { rows: rows.slice(0, limit), total };
}

/** Deliveries that started nothing: Action Llama calls them dead letters. */
async function lettersOf(
  ports: Pick<Ports, 'documents'>,
  { agent, triggerType, since = 0, deadLetters }: HistoryFilter,
  limit: number,
): Promise<{ rows: HistoryRow[]; total: number }> {
  const rows: HistoryRow[] = [];
  if (!deadLetters || agent !== undefined || (triggerType ?? 'webhook') !== 'webhook') {
    return { rows, total: 0 };
  }
  for (let cursor: string | undefined; rows.length < limit; ) {
    const page = await listDeliveries(ports, { outcome: 'nothing', limit: mostListed, cursor });
    if (page === 'bad_cursor') break;
    const letters = page.deliveries.map(({ id, delivery }) => letterOf(id, delivery));
    const recent = letters.filter(({ ts }) => ts >= since);
    rows.push(...recent);
    if (page.next === null || recent.length < letters.length) break;
    cursor = page.next;
  }
  return { rows, total: await countUnanswered(ports, since, mostCounted) };
}

export function rowOf({ id, data }: Document<Run>): HistoryRow {
  const { type, source } = triggerOf(data.trigger);
  const result = resultOf(data);
  return {
    ts: result === 'pending' ? data.admittedAt.getTime() : begunAt(data),
    triggerType: type,
    triggerSource: source,
    eventSummary: data.context ? eventOf(data.context) : null,
    agentName: data.agent,
    instanceId: id,
    result,
    webhookReceiptId: deliveryOf(data.trigger) ?? null,
    deadLetterReason: result === 'dead-letter' ? data.reason : null,
  };
}

function letterOf(id: string, { receivedAt, sources, event, action }: Delivery): HistoryRow {
  return {
    ts: receivedAt.getTime(),
    triggerType: 'webhook',
    triggerSource: sources[0] ?? null,
    eventSummary: eventOf({ event, action }),
    agentName: null,
    instanceId: null,
    result: 'dead-letter',
    webhookReceiptId: id,
    deadLetterReason: 'no_match',
  };
}

export function eventOf({ event, action }: { event: string; action?: string | null }): string {
  return action ? `${event} ${action}` : event;
}

/** A run as a row of Action Llama's table `runs`; what it used is 0 where it did not say. */
export const runRecord = z.object({
  instance_id: z.string(),
  agent_name: z.string(),
  trigger_type: z.string(),
  trigger_source: z.string().nullable(),
  result: z.string(),
  exit_code: z.number().nullable(),
  started_at: z.number(),
  duration_ms: z.number().nullable(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cache_read_tokens: z.number(),
  cache_write_tokens: z.number(),
  total_tokens: z.number(),
  cost_usd: z.number(),
  turn_count: z.number(),
  error_message: z.string().nullable(),
  pre_hook_ms: z.null(),
  post_hook_ms: z.null(),
  webhook_receipt_id: z.string().nullable(),
});

export function recordOf(run: Document<Run>): z.infer<typeof runRecord> {
  const { ts, triggerType, triggerSource, result, webhookReceiptId } = rowOf(run);
  const { usage } = run.data;
  return {
    instance_id: run.id,
    agent_name: run.data.agent,
    trigger_type: triggerType,
    trigger_source: triggerSource,
    result,
    exit_code: run.data.exitCode,
    started_at: ts,
    duration_ms: tookMs(run.data),
    input_tokens: usage?.inputTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    cache_read_tokens: usage?.cacheReadTokens ?? 0,
    cache_write_tokens: usage?.cacheWriteTokens ?? 0,
    total_tokens: usage?.totalTokens ?? 0,
    cost_usd: usage?.cost ?? 0,
    turn_count: usage?.turns ?? 0,
    error_message: result === 'error' ? run.data.summary : null,
    pre_hook_ms: null,
    post_hook_ms: null,
    webhook_receipt_id: webhookReceiptId,
  };
}
