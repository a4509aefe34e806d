import { watch } from 'node:fs';
import { type LogLine, tail } from './tail.ts';

/** What the functions' process is killed right after: a line of its log, or something that a container did. */
const moments = [
  'any time',
  'any time',
  'functions starting',
  'delivery accepted',
  'a container began',
  'a container began',
  'a container wrote',
  'dispatched',
  'launched',
  'run ended',
  'run ended',
  'agent called',
] as const;
type Moment = (typeof moments)[number];

/** A process that has nothing to do is killed after this many mean lives. */
const longestIdle = 5;

/** Kills the functions' process again and again. */
export interface Killing {
  /** How often, by the moment. */
  kills: ReadonlyMap<Moment, number>;
  /** What the functions said so far. */
  log: readonly LogLine[];
  /** No kill comes after this. */
  stop(): void;
  close(): void;
}

interface Grounds {
  /** The functions' log: its process tells its pid there. */
  logFile: string;
  /** Where containers keep their records. */
  records: string;
  /** Mean time in ms that a process of theirs lives once it has said something. */
  everyMs: number;
  random(): number;
}

export function startKilling({ logFile, records, everyMs, random }: Grounds): Killing {
  const kills = new Map<Moment, number>();
  const log: LogLine[] = [];
  let pid: number | undefined;
  let awaited: Moment | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const strike = (moment: Moment): void => {
    clearTimeout(timer);
    awaited = undefined;
    if (isOver || pid === undefined) return;
    if (killed(pid)) kills.set(moment, (kills.get(moment) ?? 0) + 1);
    pid = undefined;
  };
  const choose = (): void => {
    const moment = moments[Math.floor(random() * moments.length)] ?? 'any time';
    // A process that starts is the successor of one that was killed.
    if (moment === 'any time' || moment === 'functions starting') strike('any time');
    if (moment === 'any time') return;
    awaited = moment;
    timer = setTimeout(() => strike('any time'), everyMs);
  };
  const happened = (moment: string): void => {
    if (moment === awaited) strike(awaited);
  };
  const live = (ms: number): void => {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(choose, ms);
  };
  let isFresh = false;
  const tailing = tail(logFile, (line) => {
    log.push(line);
    if (line.message === 'functions starting') pid = Number(line.pid);
    else if (line.message === 'functions up') {
      awaited = undefined;
      isFresh = true;
      live(longestIdle * everyMs);
    } else if (isFresh) {
      // However slow the machine is: each of them does something before its time begins to run out.
      isFresh = false;
      live(everyMs * (0.4 + 0.8 * random()));
    }
    happened(line.message);
  });
  const watcher = watch(records, (event) =>
    happened(event === 'rename' ? 'a container began' : 'a container wrote'),
  );
  return {
    kills,
    log,
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
    close: () => {
      tailing.stop();
      watcher.close();
    },
  };
}

/** Answers false when there was no such process any more: it died of itself, which is noticed by their number. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
