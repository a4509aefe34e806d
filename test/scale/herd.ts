import type { Agent, Project } from '../../shared/projects/project.ts';
import type { Schedule } from '../../shared/schedules/schedule.ts';
import { agentOf } from '../project.ts';
import type { Chance } from '../sim/random.ts';

/** Agents that listen to one source: a delivery asks them all, and starts one. */
const agentsOfSource = 10;

/** An agent as it is simulated. */
export interface Worker {
  name: string;
  source: string;
  /** The repository whose events start it. */
  repo: string;
  /** Share of the webhook traffic, relative to others. */
  weight: number;
  /** Seconds that its containers take, in the middle: some take a quarter of it, some four times as much. */
  seconds: number;
}

/** A project of many agents, and what its traffic needs to know of them. */
export interface Herd {
  project: Project;
  workers: [Worker, ...Worker[]];
}

export interface HerdOptions {
  agents: number;
  /** Runs of one agent at one time. */
  scale: number;
  /** Runs that one agent's queue holds. */
  maxWorkQueueSize: number;
}

/** Each quarter of an hour, from this minute of it on. */
const eachQuarter = (minute: number): Schedule => ({
  cron: `${minute}-59/15 * * * *`,
  timezone: 'UTC',
  jitter: 0,
  catchup: 'last',
});

/**
 * `agents` agents, ten a source; a tenth of them run by a schedule every quarter of an hour as well. A few get most of the
 * traffic, and their work takes from ten seconds to ten minutes.
 */
export function herdOf({ agents, scale, maxWorkQueueSize }: HerdOptions, chance: Chance): Herd {
  const worker = (index: number): Worker => {
    const source = `github-${Math.floor(index / agentsOfSource)}`;
    const repo = `acme/repo-${index % agentsOfSource}`;
    const weight = chance.spread(1, 20);
    return { name: `agent-${index}`, source, repo, weight, seconds: chance.spread(10, 150) };
  };
  const first = worker(0);
  const workers: Herd['workers'] = [
    first,
    ...Array.from({ length: agents - 1 }, (_, index) => worker(index + 1)),
  ];
  const agent = ({ source, repo, seconds }: Worker, index: number): Agent =>
    agentOf({
      webhooks: [{ source, filters: { repos: [repo] }, if: null }],
      schedule: index % 10 === 9 ? eachQuarter(index % 15) : null,
      scale,
      maxWorkQueueSize,
      timeout: seconds * 8,
    });
  const sources = [...new Set(workers.map(({ source }) => source))];
  const github = { type: 'github', secrets: ['default'], allowUnsigned: false, options: {} };
  return {
    workers,
    project: {
      name: 'herd',
      timezone: 'UTC',
      sources: Object.fromEntries(sources.map((source) => [source, github])),
      agents: Object.fromEntries(workers.map((one, index) => [one.name, agent(one, index)])),
      scale: null,
    },
  };
}
