import type { Command } from '../deployment/kind.ts';
import type { FunctionName, Place } from '../resources.ts';
import type { Revision, Service, Share } from './services.ts';

/** Functions whose new version may take a share of the traffic first: those that others than ourselves call. */
export const sharedFunctions = ['webhook', 'gateway'] as const satisfies readonly FunctionName[];
export type SharedFunction = (typeof sharedFunctions)[number];

export function isShared(name: FunctionName): name is SharedFunction {
  return sharedFunctions.some((each) => each === name);
}

/** The percentage of the traffic that a revision gets. */
export function percentOf({ traffic, latest }: Service, revision: string): number {
  return traffic
    .filter((share) => (share.revision === 'LATEST' ? latest : share.revision) === revision)
    .reduce((sum, { percent }) => sum + percent, 0);
}

/** Sets the shares; together they are 100, and what is not named gets nothing. */
export function shareCommand(
  { region }: Place,
  name: FunctionName,
  shares: readonly Share[],
): Command {
  const parts = shares
    .filter(({ percent }) => percent > 0)
    .map(({ revision, percent }) => `${revision}=${percent}`);
  return trafficCommand(region, name, `--to-revisions=${parts.join(',')}`);
}

/** All traffic to the newest revision, and to those that come after it. */
export function promoteCommand({ region }: Place, name: FunctionName): Command {
  return trafficCommand(region, name, '--to-latest');
}

function trafficCommand(region: string, name: FunctionName, to: string): Command {
  return {
    tool: 'gcloud',
    args: ['run', 'services', 'update-traffic', `drover-${name}`, `--region=${region}`, to],
  };
}

/** The revision that gets the most; of equal ones, the older. */
export function mainRevision(service: Service, other?: string): string | undefined {
  const revisions = service.traffic.map(({ revision }) =>
    revision === 'LATEST' ? service.latest : revision,
  );
  let most: string | undefined;
  for (const revision of revisions) {
    if (revision === undefined || revision === other) continue;
    const gains = most === undefined ? 1 : percentOf(service, revision) - percentOf(service, most);
    if (gains > 0 || (gains === 0 && most === service.latest)) most = revision;
  }
  return most;
}

/** What a version that is about to be deployed may begin with: nothing before it is there, then `percent`. */
export function sharing(
  place: Place,
  service: Service,
  percent: number,
): { before: Command[]; after: Command[] } {
  const main = mainRevision(service);
  if (main === undefined) return { before: [], after: [] };
  const follows = service.traffic.some(({ revision }) => revision === 'LATEST');
  const shares = [
    { revision: 'LATEST', percent },
    { revision: main, percent: 100 - percent },
  ];
  return {
    before: follows ? [shareCommand(place, service.name, [{ revision: main, percent: 100 }])] : [],
    after: [shareCommand(place, service.name, shares)],
  };
}

/** What gives the newest version `percent` where it was deployed with a share before; nothing where it has all, or just that. */
export function resharing(place: Place, service: Service, percent: number): Command[] {
  const { latest, traffic, name } = service;
  if (latest === undefined) return [];
  const has = percentOf(service, latest);
  const main = mainRevision(service, latest);
  const isSet = has === percent && traffic.length <= 2;
  if (has === 100 || main === undefined || isSet) return [];
  const shares = [
    { revision: 'LATEST', percent },
    { revision: main, percent: 100 - percent },
  ];
  return [shareCommand(place, name, shares)];
}

/**
 * The revision that a roll back gives all traffic: the one that shares it with the newest, or else the one before the newest.
 * Undefined: there is none.
 */
export function rollBackTo(service: Service, revisions: readonly Revision[]): string | undefined {
  const { latest } = service;
  const sharing = mainRevision(service, latest);
  if (sharing !== undefined) return sharing;
  const at = revisions.findIndex(({ name }) => name === latest);
  return revisions.slice(at + 1).find(({ canServe }) => canServe)?.name;
}
