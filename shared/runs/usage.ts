import { at } from '../json.ts';
import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { lateModels } from './late-models.ts';
import { createLatest } from './latest.ts';
import type { Run } from './run.ts';
import { wakePoll } from './wake.ts';

/** What the models of a run have used, by the agent's own account. */
export type Usage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  totalTokens: number;
  /** US dollars. */
  cost: number;
  /** Turns of the models. */
  turns: number;
  /** Time of the line that said so: ISO with nine decimals. */
  at: string;
};

/** Above these nobody's account is believed: 10^12 tokens or turns, and a million dollars. */
const mostTokens = 1e12;
const mostCost = 1e6;

/**
 * The numbers of a `token-usage` line (agent contract: stdout protocol), said at `said`; undefined when one of them is no number that
 * could be. What a line does not mention is 0, and the total the sum.
 */
export function readUsage(line: unknown, said: string): Usage | undefined {
  const count = (name: string): number => numberAt(line, name, mostTokens);
  const [inputTokens, outputTokens] = [count('inputTokens'), count('outputTokens')];
  const [cacheReadTokens, cacheWriteTokens] = [count('cacheReadTokens'), count('cacheWriteTokens')];
  const sum = inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
  const usage = {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    totalTokens: at(line, 'totalTokens') === undefined ? sum : count('totalTokens'),
    cost: numberAt(line, 'cost', mostCost),
    turns: count('turnCount'),
  };
  return Object.values(usage).some(Number.isNaN) ? undefined : { ...usage, at: said };
}

/** NaN for what is there and no number between 0 and `most`. */
function numberAt(line: unknown, name: string, most: number): number {
  const value = at(line, name);
  if (value === undefined) return 0;
  return typeof value === 'number' && value >= 0 && value <= most ? value : Number.NaN;
}

/**
 * Keeps what a run has used, unless a later line of it said more. A line that comes after the end counts as well: the last one is
 * often still on its way then, and numbers change nothing about an ending but what it has cost.
 */
export async function noteUsage(
  ports: Ports,
  releases: Releases,
  runId: string,
  take: () => Usage,
): Promise<void> {
  const isToTell = await optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${runId}`);
    const usage = take();
    // ISO times of one length are in the order of their texts.
    if (!run || usage.at <= (run.data.usage?.at ?? '')) return false;
    const late = await lateModels(ports, releases, run, usage.cost);
    const fields = { usage, ...late.set };
    await commit([{ op: 'update', path: run.path, version: run.version, fields }, ...late.writes]);
    return late.isToTell;
  });
  if (isToTell) await wakePoll(ports, runId);
}

/** How long the numbers of a run wait for later ones, which have them in them, in ms: a document takes one write a second. */
const gatherMs = 1_000;

/** Keeps what runs have used, for one function instance: one write of a run in a while, however often it says so. */
export function createUsageGatherer(
  ports: Ports,
  releases: Releases,
): (runId: string, usage: Usage) => Promise<void> {
  return createLatest<Usage, void>(
    async (runId, take) => {
      await ports.clock.sleep(gatherMs);
      await noteUsage(ports, releases, runId, take);
    },
    (one, other) => (other.at > one.at ? other : one),
  );
}
