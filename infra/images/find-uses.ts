import type { Documents } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { readRelease } from '../../shared/projects/release-format.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver, type RunState, transitions } from '../../shared/runs/states.ts';
import { readably } from '../publish/refusals.ts';
import { readAll } from './read-all.ts';

/** Who needs an image. */
export interface Use {
  /** Whether the current release names it. */
  isCurrent: boolean;
  /** Releases that name it, by id, the newest first. */
  releases: string[];
  /** Runs that are not over and whose release names it. */
  runs: number;
}

/** Uses of images, by the name that releases have for them: `…/<name>@sha256:…`, or `…/<name>:<tag>` as an agent may name one. */
export type Uses = ReadonlyMap<string, Use>;

export interface FoundUses {
  uses: Uses;
  /** Ids of all releases, the newest first. */
  releases: readonly string[];
}

/** A release may have 900 KB, and all of a page are held at once. */
const releasesAPage = 20;
const runsAPage = 300;

const openStates = (Object.keys(transitions) as RunState[]).filter((state) => !isOver(state));

/**
 * Who needs which image: reads every release, and every run that is not over.
 *
 * @throws Failure `RELEASE_UNREADABLE`: nobody can say what a release needs that a newer Drover made.
 */
export async function findUses(documents: Documents): Promise<FoundUses> {
  // Runs first: the release of one that is admitted meanwhile is the current one, or comes with those below.
  const runs = await openRunsByRelease(documents);
  const current = await documents.get<Current>(currentPath);
  const uses = new Map<string, Use>();
  const releases: string[] = [];
  const reading = { collection: 'releases', by: 'publishedAt', pageSize: releasesAPage };
  for await (const { id, data } of readAll(documents, reading)) {
    releases.unshift(id);
    const release = await readably(async () => readRelease(id, data));
    for (const image of new Set(Object.values(release.agents).map(nameOf))) {
      const use = uses.get(image) ?? { isCurrent: false, releases: [], runs: 0 };
      uses.set(image, {
        isCurrent: use.isCurrent || id === current?.data.release,
        releases: [id, ...use.releases],
        runs: use.runs + (runs.get(id) ?? 0),
      });
    }
  }
  return { uses, releases };
}

/** The image of an agent. Where both are given, it is the digest that counts. */
function nameOf({ image }: { image: string }): string {
  return image.replace(/:[^/@:]+@/, '@');
}

async function openRunsByRelease(documents: Documents): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const state of openStates) {
    const reading = {
      collection: 'runs',
      where: [['state', '==', state]] as const,
      by: 'admittedAt',
      pageSize: runsAPage,
    };
    for await (const { data } of readAll<Run>(documents, reading)) {
      counts.set(data.release, (counts.get(data.release) ?? 0) + 1);
    }
  }
  return counts;
}
