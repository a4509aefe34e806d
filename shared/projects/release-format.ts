import { createHash } from 'node:crypto';
import { Retryable } from '../errors.ts';
import type { Data } from '../ports/index.ts';
import { canonical } from './canonical.ts';
import type { Agent, Project } from './project.ts';
import type { Release } from './release.ts';

/**
 * The shape in which this Drover writes releases. It grows when an older Drover would read a new one wrongly, or a newer one must
 * fill something in. What was written before there was a number counts as 0.
 */
export const releaseFormat = 1;

/** Seconds after which whoever met an unreadable release may look again: a deployment of the functions takes minutes. */
const unreadableSeconds = 60;

/** A release that this Drover cannot read. Trying again helps once another Drover does it, or another release is current. */
export class UnreadableRelease extends Retryable {
  constructor(
    readonly release: string,
    /** Half a sentence. */
    readonly problem: string,
    /** Who can read it: a Drover that is newer than this one, or an older one. */
    readonly readableBy: 'newer' | 'older',
  ) {
    super(`release ${release} cannot be read: ${problem}`, unreadableSeconds);
  }
}

/** The id of the release that has these contents: the same for the same, whoever makes it and when. */
export function releaseId(project: Project): string {
  const contents = canonical({ format: releaseFormat, project });
  return createHash('sha256').update(contents).digest('hex').slice(0, 12);
}

/** The contents of a release, without when, by whom and by what it was made. */
export function contentsOf(release: Release): Project {
  const {
    publishedAt: _at,
    publishedBy: _by,
    format: _format,
    drover: _drover,
    ...project
  } = release;
  return project;
}

/**
 * A release as this Drover works with it. One that an older Drover made gets what it does not say, as it was meant then: with a
 * default that changes nothing.
 *
 * @throws UnreadableRelease
 */
export function readRelease(id: string, data: Data): Release {
  const { format = 0, drover } = data;
  if (typeof format !== 'number' || format > releaseFormat) {
    const maker = typeof drover === 'string' ? `Drover ${drover}` : 'a newer Drover';
    throw new UnreadableRelease(
      id,
      `${maker} made it, in format ${String(format)}; this one reads up to ${releaseFormat}`,
      'newer',
    );
  }
  if (format === releaseFormat) return data as Release;
  const problem = missingIn(data);
  if (problem !== undefined) {
    throw new UnreadableRelease(id, `an older Drover made it, and ${problem}`, 'older');
  }
  return migrated(data as OldRelease);
}

/** A release as {@link readRelease} has it; undefined: this Drover cannot read it. */
export function readableRelease(id: string, data: Data): Release | undefined {
  try {
    return readRelease(id, data);
  } catch (error) {
    if (error instanceof UnreadableRelease) return undefined;
    throw error;
  }
}

/** A release of format 0: fields may be missing that came later. */
type OldRelease = Omit<Partial<Release>, 'agents'> &
  Pick<Release, 'name' | 'publishedAt'> & { agents: { [name: string]: OldAgent } };
type OldAgent = Partial<Agent> & Pick<Agent, 'skill' | 'image'>;

/** What an agent is that says nothing: what came to releases in the course of format 0, and with format 1. */
const agentDefaults: Omit<Agent, 'skill' | 'image'> = {
  description: '',
  credentials: [],
  credentialTypes: {},
  credentialsDelivery: 'copy',
  webhooks: [],
  schedule: null,
  env: {},
  params: '{}',
  models: [],
  hooks: { pre: [], post: [] },
  scale: 1,
  maxWorkQueueSize: 20,
  maxReruns: 10,
  concurrency: null,
  budget: { runsPerDay: null, minutesPerDay: null, failuresInARow: null },
  retry: null,
  timeout: 3_600,
  memory: '512Mi',
  cpus: '1',
};

/** What is not there and cannot be made up, as half a sentence. */
function missingIn({ agents, name, publishedAt }: Data): string | undefined {
  if (typeof name !== 'string' || typeof publishedAt !== 'string') return 'it has no name';
  if (!isData(agents)) return 'it has no agents';
  const broken = Object.entries(agents).find(
    ([, agent]) =>
      !isData(agent) || typeof agent.image !== 'string' || typeof agent.skill !== 'string',
  );
  return broken && `its agent ${broken[0]} has no image or no instructions`;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function migrated(old: OldRelease): Release {
  const agents = Object.entries(old.agents).map(([name, agent]): [string, Agent] => [
    name,
    { ...agentDefaults, ...agent, budget: { ...agentDefaults.budget, ...agent.budget } },
  ]);
  return {
    timezone: 'UTC',
    sources: {},
    scale: null,
    ...old,
    agents: Object.fromEntries(agents),
  };
}
