import type { LogLine } from '../../../shared/runs/logs.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { isOver, type RunState } from '../../../shared/runs/states.ts';

/** Tells a run's story to somebody who sees it for the first time. */
export interface Narrator {
  /** The lines that were not told yet, given all that is known of the run now. */
  tell(run: Run, log: readonly LogLine[]): string[];
}

/** What a run went through to get into a state. */
const ways: { readonly [state in RunState]?: string } = {
  queued: 'webhook → Firestore: delivery and run in one commit → Cloud Tasks: a wake-up',
  launching: 'Cloud Tasks → dispatch → Secret Manager: its secrets → Cloud Run: its job',
  running: 'Cloud Run → its container, which is a child process here',
};
const wayOfEnd = 'Cloud Run → log sink → Pub/Sub → logs → Cloud Tasks → poll → Firestore';
const wayOfLog = 'these lines came by: Cloud Logging → log sink → Pub/Sub → logs → Firestore';

export function createNarrator(): Narrator {
  const toldLines = new Set<string>();
  let toldStates = 0;
  let toldStatus: string | null = null;
  let toldCleaned = false;

  return {
    tell: (run, log) => {
      const begin = Date.parse(run.timeline[0]?.at ?? '');
      const lines: string[] = [];
      const step = (at: string, what: string, why: string, way: string | undefined): void => {
        const seconds = ((Date.parse(at) - begin) / 1_000).toFixed(2);
        lines.push(`${`+${seconds} s`.padStart(9)}  ${what.padEnd(10)} ${why}`);
        if (way !== undefined) lines.push(detail('', way));
      };
      const fresh = run.timeline.slice(toldStates);
      toldStates = run.timeline.length;
      for (const { at, state, why } of fresh.filter(({ state }) => !over(state))) {
        step(at, state, why, ways[state as RunState]);
      }
      if (run.status !== null && run.status !== toldStatus)
        lines.push(detail('status', run.status));
      toldStatus = run.status;
      for (const line of log) {
        const key = `${line.at} ${line.insertId}`;
        if (toldLines.has(key)) continue;
        if (toldLines.size === 0) lines.push(detail('log', `(${wayOfLog})`));
        toldLines.add(key);
        lines.push(detail('log', readable(line.text)));
      }
      for (const { at, state, why } of fresh.filter(({ state }) => over(state))) {
        step(at, state, why, run.execution === null ? undefined : wayOfEnd);
      }
      if (run.cleanedAt !== null && !toldCleaned) {
        toldCleaned = true;
        step(run.cleanedAt, 'cleaned', 'its job and its secrets are deleted', undefined);
      }
      return lines;
    },
  };
}

function over(state: string): boolean {
  return isOver(state as RunState);
}

function detail(what: string, text: string): string {
  return `${' '.repeat(11)}${what.padEnd(10)} ${text}`;
}

/** A structured line of the agent contract, `{"_log":true,"level","msg"}`, as its message; any other line as it is. */
function readable(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    const { _log, msg } = JSON.parse(text) as { _log?: unknown; msg?: unknown };
    return _log === true && typeof msg === 'string' ? msg : text;
  } catch {
    return text;
  }
}
