import { callers } from './frames.ts';
import { betweens, type Site } from './sites.ts';

/** The id of the site that calls `<port>.<method>` right now; undefined when none is known at that place. */
export type SiteFinder = (call: string) => string | undefined;

export function createSiteFinder(sites: readonly Site[]): SiteFinder {
  const ids = new Map(sites.map(({ id, file, line, call }) => [`${file}:${line} ${call}`, id]));
  return (call) => {
    const caller = callers().find(({ file }) => !betweens.includes(file));
    return caller && ids.get(`${caller.file}:${caller.line} ${call}`);
  };
}
