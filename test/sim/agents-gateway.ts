import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Span } from './lock-trail.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

/** What a function answered to a request of somebody outside. */
export interface Answer {
  status: number;
  /** Its JSON. */
  body: { [field: string]: unknown };
  span: Span;
}

/** Who speaks: a container, with the secret of its run or with one that it came by otherwise. */
export interface Speaker {
  run: string;
  secret: string;
  /** Whether the secret is the run's own; one that somebody made up is nobody's. */
  isOwn: boolean;
}

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  schedule: Schedule;
  check(look: () => void): void;
  note(text: string): void;
}

/** A request to the gateway. */
export interface Question {
  /** In a few words: `take the barn`. */
  what: string;
  path: string;
  /** Fields beside the secret; undefined: a `GET`, with the secret in its query. */
  body?: { [field: string]: unknown };
  headers?: { [name: string]: string };
  /** How long the helper waits for an answer, in ms. Default: as long as it takes. */
  patienceMs?: number;
  /** Judges the answer, whoever still waits for it. */
  judge?(answer: Answer): void;
}

/** Asks the gateway as a container does; undefined: no answer came, or none in time, or "try again". */
export type Ask = (speaker: Speaker, question: Question) => Promise<Answer | undefined>;

/** Statuses that say nothing of what was asked: the function is busy, or what is before it is. */
const busy: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The gateway as containers see it. Who is heard there, and who is not, is judged here for all of its routes. */
export function createGateway({ world, ledger, schedule, check, note }: Surroundings): Ask {
  const judgeVoice = (speaker: Speaker, wasOver: boolean, { status }: Answer): void => {
    const { run, isOwn } = speaker;
    const known = ledger.runs.get(run);
    const isRefused = status === 403;
    const what = `${run} is ${known?.data.state}${isOwn ? '' : ' (a false secret)'}: ${status}`;
    hold(status !== 500, 'bugs', `the gateway answered ${run} with 500`, run);
    if (wasOver || !isOwn) hold(isRefused || status === 400 || status === 413, 'voice', what, run);
    const isLost = !known || !ledger.isInFlight(known) || known.data.shutDown;
    if (isRefused) hold(isLost || !isOwn, 'voice', what, run);
  };

  return async (speaker, { what, path, body, headers = {}, patienceMs, judge }) => {
    const { run, secret } = speaker;
    const known = ledger.runs.get(run);
    const wasOver = known !== undefined && isOver(known.data.state);
    const [from, askedAt] = [ledger.commits(), schedule.now()];
    const request = body
      ? {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ secret, ...body }),
        }
      : { headers };
    const url = body ? path : `${path}?secret=${secret}`;
    const answered = world.request('gateway', url, request).then(
      ({ status, text }) => {
        const span = { from, to: ledger.commits(), askedAt, answeredAt: schedule.now() };
        const answer = { status, body: read(text), span };
        note(`${run} wants to ${what}: ${status} ${text.slice(0, 120)}`);
        if (busy.has(status)) return undefined;
        check(() => {
          judgeVoice(speaker, wasOver, answer);
          judge?.(answer);
        });
        return answer;
      },
      () => {
        note(`${run} wants to ${what}: no answer`);
        return undefined;
      },
    );
    if (patienceMs === undefined) return answered;
    return new Promise((resolve) => {
      const callOff = schedule.at(askedAt + patienceMs, () => resolve(undefined));
      void answered.then((answer) => {
        callOff();
        resolve(answer);
      });
    });
  };
}

function read(text: string): Answer['body'] {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
