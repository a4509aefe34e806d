import { quoted } from '../gcloud/command-line.ts';

/** A page of a list of the control API. */
export interface Page<Item> {
  items: readonly Item[];
  /** The cursor of the next page; null at the end. */
  next: string | null;
}

/** What of a list is wanted. */
export interface Extent {
  /** How many, at most. */
  wanted: number;
  /** The most that the control API gives at once. */
  page: number;
}

/** Reads a list page by page, until there are as many as wanted. */
export async function readPages<Item>(
  { wanted, page }: Extent,
  read: (place: { limit: string; cursor?: string }) => Promise<Page<Item>>,
): Promise<{ items: Item[]; isMore: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const limit = String(Math.min(page, wanted - items.length));
    const found = await read({ limit, ...(cursor === null ? {} : { cursor }) });
    items.push(...found.items);
    cursor = found.next;
  } while (cursor !== null && items.length < wanted);
  return { items, isMore: cursor !== null };
}

/** The most that a list of a command has. */
export const mostListed = 10_000;

/** The options of these names that were given: commands get all of theirs, also those that say where the control API is. */
export function given<Name extends string>(
  options: { readonly [name in Name]?: unknown },
  names: readonly Name[],
): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = options[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}

/** Options that say whose list it is. */
const whose = ['project', 'region', 'directory', 'url', 'keyFile'];

/**
 * What to say after a list that was cut off: the command for more of the same, with the options that it was given.
 *
 * @param command Such as `runs ls`.
 * @param options All that it was given.
 * @param filters Names of those that say what is listed.
 */
export function nextOf(
  command: string,
  options: object,
  filters: readonly string[],
  { wanted, isMore }: { wanted: number; isMore: boolean },
): { next?: string } {
  if (!isMore || wanted >= mostListed) return {};
  const again = Object.entries(given(options, [...filters, ...whose])).flatMap(([name, value]) =>
    value === undefined ? [] : [flagOf(name), quoted(value)],
  );
  const limit = Math.min(mostListed, wanted * 5);
  const line = ['drover', command, ...again, '--limit', limit].join(' ');
  return { next: `\`${line}\` shows more.` };
}

/** `--key-file` of `keyFile`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
