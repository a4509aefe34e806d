import { timezoneProblem } from '../schedules/cron.ts';
import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';

/** What is wrong with `zone` as the name of an IANA time zone, with the zone that was probably meant. */
export function zoneProblem(zone: string): string | undefined {
  const problem = timezoneProblem(zone);
  if (problem === undefined) return undefined;
  const name = nearest(zone, Intl.supportedValuesOf('timeZone'));
  const meant = name === undefined ? '' : `; did you mean ${name}?`;
  return `${quoted(zone)} ${problem}${meant}`;
}
