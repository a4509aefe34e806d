import type { Recipe } from '../deploy/recipe.ts';
import type { Column } from '../steer/table.ts';
import { ago } from '../steer/times.ts';
import type { Judged, Kept } from './judge-images.ts';

/** A row: an image that is there, or one that is missing. */
export type ImageRow = Judged | Recipe;

/** What is shown of images to a person. `now`: this machine's time, in ms since the epoch. */
export function imageColumns(now: number): Column<ImageRow>[] {
  return [
    { title: 'IMAGE', narrow: 'keep', of: (row) => ('kept' in row ? row.image.name : row.name) },
    { title: 'TAG', narrow: 'keep', of: (row) => tagOf(row) },
    {
      title: 'SIZE',
      narrow: 'drop',
      of: (row) => ('kept' in row ? megabytes(row.image.bytes) : ''),
    },
    {
      title: 'BUILT',
      narrow: 'drop',
      of: (row) => ('kept' in row ? ago(row.image.builtAt, now) : 'not built'),
    },
    {
      title: 'NEEDED BY',
      narrow: 'cut',
      of: (row) => ('kept' in row ? neededBy(row.kept) : `${row.agents.join(', ')}, but not built`),
    },
  ];
}

function tagOf(row: ImageRow): string {
  if (!('kept' in row)) return row.tag;
  const { tags, digest } = row.image;
  // Without a tag it is known by its digest only.
  return tags.join(',') || digest.slice(0, 'sha256:'.length + 12);
}

function neededBy(kept: readonly Kept[]): string {
  const said = kept.map(sentenceOf);
  return said.length === 0 ? 'nothing' : said.join(', ');
}

function sentenceOf(kept: Kept): string {
  switch (kept.why) {
    case 'current':
      return 'current release';
    case 'runs':
      return `${kept.count} ${kept.count === 1 ? 'run' : 'runs'}`;
    case 'files':
      return 'files here';
    case 'releases':
      return kept.ids.length === 1 ? `release ${kept.ids[0]}` : `${kept.ids.length} releases`;
    case 'newest':
      return 'one of the newest';
    case 'not-ours':
      return 'not built by Drover';
  }
}

/** Bytes as people say them. */
export function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${bytes === 0 ? 0 : Math.max(1, Math.round(bytes / 1e6))} MB`;
}

/** The same for a program. */
export function imageData(judged: readonly Judged[], missing: readonly Recipe[]) {
  return {
    images: judged.map(({ image, kept }) => ({ ...image, kept })),
    missing: missing.map(({ name, tag, agents }) => ({ name, tag, agents })),
  };
}
