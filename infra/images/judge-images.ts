import type { Image } from './find-images.ts';
import { isBuiltHere } from './find-images.ts';
import type { Uses } from './find-uses.ts';

/** Newest images of a name that are kept, whoever needs them. */
export const newestKept = 3;

/** Why an image stays. */
export type Kept =
  | { why: 'current' }
  | { why: 'runs'; count: number }
  | { why: 'files' }
  | { why: 'releases'; ids: readonly string[] }
  | { why: 'newest' }
  | { why: 'not-ours' };

export interface Judged {
  image: Image;
  /** The most important reason first. Empty: nothing needs it. */
  kept: readonly Kept[];
  /** Releases that name it and are not counted, being older than those that are. Nobody could go back to them without it. */
  lost: readonly string[];
}

export interface Judging {
  /** By name, the newest of a name first. */
  images: readonly Image[];
  uses: Uses;
  /** What the files on this machine need, as `<name>:<tag>`. */
  wanted: ReadonlySet<string>;
  /** Ids of the releases that count. Undefined: all. */
  counted?: ReadonlySet<string> | undefined;
  /** Newest of a name that are kept. */
  newest?: number;
}

/**
 * Which images stay, and why: what the current release, a run that is not over or a release that counts names; what the files here
 * need; the newest of each name; and whatever Drover did not build.
 */
export function judgeImages({
  images,
  uses,
  wanted,
  counted,
  newest = newestKept,
}: Judging): Judged[] {
  const seen = new Map<string, number>();
  return images.map((image): Judged => {
    if (!isBuiltHere(image)) return { image, kept: [{ why: 'not-ours' }], lost: [] };
    const rank = (seen.get(image.name) ?? 0) + 1;
    seen.set(image.name, rank);
    const found = namesOf(image).flatMap((name) => uses.get(name) ?? []);
    const isCurrent = found.some((use) => use.isCurrent);
    const runs = found.reduce((sum, use) => sum + use.runs, 0);
    const releases = [...new Set(found.flatMap((use) => use.releases))];
    const ids = releases.filter((id) => counted === undefined || counted.has(id));
    const isWanted = image.tags.some((tag) => wanted.has(`${image.name}:${tag}`));
    const kept: Kept[] = [];
    if (isCurrent) kept.push({ why: 'current' });
    if (runs > 0) kept.push({ why: 'runs', count: runs });
    if (isWanted) kept.push({ why: 'files' });
    if (ids.length > 0) kept.push({ why: 'releases', ids });
    if (rank <= newest) kept.push({ why: 'newest' });
    return { image, kept, lost: releases.filter((id) => !ids.includes(id)) };
  });
}

/** The names that a release may have for an image. */
function namesOf({ uri, tags }: Image): string[] {
  const name = uri.slice(0, uri.lastIndexOf('@'));
  return [uri, ...tags.map((tag) => `${name}:${tag}`)];
}
