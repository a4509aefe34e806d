import type { Ports } from '../../shared/ports/index.ts';
import { type Current, currentPath, type Release } from '../../shared/projects/release.ts';
import { readableRelease } from '../../shared/projects/release-format.ts';
import { mostInFlight, runsInFlight } from '../../shared/runs/in-flight.ts';
import type { Run } from '../../shared/runs/run.ts';
import { needingDatabase } from '../rest/needing-database.ts';
import type { Holder } from './fate.ts';

/** What Firestore says of who uses credentials. */
export interface InUse {
  /** The time there, in ms since the epoch: that of this machine may be wrong. */
  now: number;
  /** The project that runs; undefined when none was published, or by a Drover whose releases this one cannot read. */
  release: Release | undefined;
  /** Runs in flight that read this credential, `type:instance`, from its home. */
  holdersOf(credential: string): readonly Holder[];
}

/**
 * Reads the current release and the runs in flight.
 *
 * @throws Failure `NOT_PROVISIONED` when there is no database.
 */
export async function readInUse({ documents }: Pick<Ports, 'documents'>): Promise<InUse> {
  let now = 0;
  const tellTime = (at: number): void => {
    now = at;
  };
  return needingDatabase(async () => {
    const current = await documents.get<Current>(currentPath, tellTime);
    const id = current?.data.release ?? '';
    const found = current && (await documents.get(`releases/${id}`));
    const runs = await runsInFlight({ documents });
    const direct = runs.filter(({ data }) => data.credentialsDelivery === 'direct');
    // Where there are more, each credential counts as held by those that were not looked at.
    const unseen: Holder[] =
      runs.length < mostInFlight ? [] : [{ run: 'runs that were not looked at', launchedAt: 0 }];
    return {
      now,
      release: found && readableRelease(id, found.data),
      holdersOf: (credential) => [
        ...direct
          .filter(({ data }) => data.credentials.includes(credential))
          .map(({ id, data }) => ({ run: id, launchedAt: launchOf(data) })),
        ...unseen,
      ],
    };
  });
}

/** When a run was launched first; one that does not say so counts as launched before everything. */
function launchOf({ times }: Run): number {
  return Date.parse(times.launching ?? '') || 0;
}
