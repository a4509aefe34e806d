import type { LogChunk } from '../../shared/runs/logs.ts';
import { runOfJob } from '../../shared/runs/names.ts';
import type { Usage } from '../../shared/runs/usage.ts';
import type { Case } from './case.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';

/** What of an entry of the log sink is judged. */
export interface SinkLine {
  logName: string;
  resource: { labels: { job_name?: string } };
  /** RFC 3339. */
  timestamp: string;
  insertId: string;
  jsonPayload?: { [field: string]: unknown };
  textPayload?: string;
}

/** What a line says that a run has used. */
type Account = Pick<Usage, 'inputTokens' | 'outputTokens' | 'cost' | 'turns'>;

/** Judges what becomes of the lines of containers, once the message that brings one is answered with yes. */
export function createLogJudge(ledger: Ledger) {
  /** Lines in the log of a run, by their time and id. */
  const kept = new Map<string, Set<string>>();
  /** What a run has said that it used, by the time of the line: two may be of one time. */
  const accounts = new Map<string, Map<string, Account[]>>();

  const judgeUsage = ({ committed }: Case): void => {
    for (const { entry, before, fields } of committed.runs) {
      const { usage } = entry.data;
      if (!fields.includes('usage') || !usage) continue;
      const { id } = entry;
      const isLater = usage.at > (before?.usage?.at ?? '');
      hold(isLater, 'usage', `${id} has used what it had used before ${before?.usage?.at}`, id);
      const said = accounts.get(id)?.get(usage.at) ?? [];
      const isSaid = said.some(
        ({ inputTokens, outputTokens, cost, turns }) =>
          inputTokens === usage.inputTokens &&
          outputTokens === usage.outputTokens &&
          cost === usage.cost &&
          turns === usage.turns,
      );
      hold(isSaid, 'usage', `${id} never said that it used ${JSON.stringify(usage)}`, id);
    }
  };

  return {
    judge: (given: Case): void => {
      for (const { path, data } of given.committed.documents) {
        const [collection, run = '', below] = path.split('/');
        if (collection !== 'runs' || below !== 'logs') continue;
        const lines = kept.get(run) ?? new Set();
        kept.set(run, lines);
        for (const { at, insertId } of (data as LogChunk).lines) lines.add(`${at} ${insertId}`);
      }
      judgeUsage(given);
    },
    /** Pub/Sub brings an entry. Answers with what is to be called when that was answered with yes. */
    pushed: (entry: SinkLine): (() => void) => {
      if (entry.logName.endsWith('%2Fsystem_event')) return () => {};
      const [run, time, account] = [runOf(entry), timeOf(entry), accountOf(entry)];
      if (account) {
        const known = accounts.get(run) ?? new Map<string, Account[]>();
        accounts.set(run, known.set(time, [...(known.get(time) ?? []), account]));
      }
      return () => {
        const name = `${time} ${entry.insertId}`;
        hold(kept.get(run)?.has(name) === true, 'logs', `${run} has no line ${name}`, run);
        const isCounted = !account || (ledger.runs.get(run)?.data.usage?.at ?? '') >= time;
        hold(isCounted, 'usage', `${run} has said ${name} of its usage, and it is not there`, run);
      };
    },
    /** The times of the lines that are in the log of each run. */
    times: (): { run: string; times: string[] }[] =>
      [...kept].map(([run, lines]) => ({
        run,
        times: [...lines].map((line) => line.split(' ')[0] ?? ''),
      })),
  };
}

function runOf({ resource }: SinkLine): string {
  return runOfJob(resource.labels.job_name ?? '') ?? '';
}

/** With all of its nine decimals. */
function timeOf({ timestamp }: SinkLine): string {
  const [, seconds, decimals = ''] = /^(.+?)(?:\.(\d+))?Z$/.exec(timestamp) ?? [];
  return `${seconds}.${decimals.padEnd(9, '0')}Z`;
}

/** What a line says of usage, where it can be believed: no more than a million dollars. */
function accountOf({ jsonPayload = {} }: SinkLine): Account | undefined {
  const { msg, inputTokens, outputTokens, cost, turnCount } = jsonPayload;
  const isSound = typeof cost === 'number' && cost <= 1e6;
  if (msg !== 'token-usage' || !isSound) return undefined;
  return {
    inputTokens: Number(inputTokens),
    outputTokens: Number(outputTokens),
    cost,
    turns: Number(turnCount),
  };
}
