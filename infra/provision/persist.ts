import type { Clock } from '../../shared/ports/index.ts';
import { type GoogleRefusal, isRefusal } from '../gcloud/google.ts';

/** A reason to try again: which refusals, how often in all, and how long to wait before each time. Milliseconds. */
interface Patience {
  isMeant(refusal: GoogleRefusal): boolean;
  waitsMs: readonly number[];
}

const everyMs = (ms: number, times: number): number[] => Array.from({ length: times }, () => ms);

/**
 * What passes by itself. A service that was enabled just now, and an account that was made just now, are not known everywhere at
 * once: Google says to wait for minutes (Service Usage docs "Enabling a service"; IAM docs "Access change propagation": usually
 * two minutes, potentially seven).
 */
const patiences: readonly Patience[] = [
  { isMeant: ({ service }) => service !== undefined, waitsMs: everyMs(15_000, 12) },
  {
    isMeant: ({ code, message }) =>
      (code === 'invalid' || code === 'not_found' || code === 'failed_precondition') &&
      /service ?account[\s\S]*does not exist|role[\s\S]*does not exist|is invalid or does not exist/i.test(
        message,
      ),
    waitsMs: everyMs(10_000, 12),
  },
  // Acting as an account that was made just now. Whoever may not at all is told a minute later, in the same words.
  {
    isMeant: ({ code, message }) =>
      code === 'permission_denied' &&
      /iam\.serviceaccounts\.actas/i.test(message) &&
      /may not exist/i.test(message),
    waitsMs: everyMs(10_000, 6),
  },
  // Policies and channels of Cloud Monitoring are changed one at a time in a project.
  {
    isMeant: ({ message }) => /concurrent edits to the project configuration/i.test(message),
    waitsMs: everyMs(5_000, 24),
  },
  // A log-based metric that was made just now: Google says itself that it may take ten minutes.
  {
    isMeant: ({ code, message }) =>
      (code === 'not_found' || code === 'invalid') && /cannot find metric/i.test(message),
    waitsMs: everyMs(20_000, 36),
  },
  // A quota of a minute.
  { isMeant: ({ code }) => code === 'resource_exhausted', waitsMs: [20_000, 40_000, 60_000] },
  // Firestore may refuse a change of indexes or fields while it is at another, which takes it a minute or two.
  {
    isMeant: ({ code, message, command }) =>
      /^gcloud firestore |\/\/firestore\.googleapis\.com\//.test(command) &&
      (code === 'unavailable' || code === 'already_exists') &&
      /\bABORTED\b|concurren|in progress|contention|underlying data changed/i.test(message),
    waitsMs: everyMs(10_000, 18),
  },
  {
    isMeant: ({ code, message }) =>
      code === 'unavailable' || /concurrent policy changes|etag/i.test(message),
    waitsMs: [1_000, 2_000, 4_000, 8_000, 16_000],
  },
];

/** Does `work`, and does it again as long as it is refused for a reason that passes by itself. */
export async function persist<T>(
  clock: Pick<Clock, 'sleep'>,
  work: () => Promise<T>,
  onWait: (refusal: GoogleRefusal, ms: number) => void = () => undefined,
): Promise<T> {
  const used = new Map<Patience, number>();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const patience = patiences.find(({ isMeant }) => isMeant(error));
      if (!patience) throw error;
      const times = used.get(patience) ?? 0;
      const ms = patience.waitsMs[times];
      if (ms === undefined) throw error;
      used.set(patience, times + 1);
      onWait(error, ms);
      await clock.sleep(ms);
    }
  }
}
