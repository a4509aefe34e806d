import type { Agent, Project } from '../../shared/projects/project.ts';
import { agentOf, projectOf } from '../project.ts';
import type { Chance } from './random.ts';

/** The credential that agents have, when they have one. */
export const credential = { type: 'github_token', instance: 'default' } as const;

/** A project with one to three agents. */
export function someProject(chance: Chance, long: boolean): Project {
  const names = Array.from({ length: chance.between(1, 3) }, (_, index) => `agent-${index}`);
  const agents = Object.fromEntries(names.map((name) => [name, someAgent(chance, long)]));
  return { ...projectOf(agents), scale: someScale(chance) };
}

function someAgent(chance: Chance, long: boolean): Agent {
  return agentOf({
    scale: chance.between(1, 3),
    maxWorkQueueSize: chance.between(2, 20),
    timeout: long ? chance.pick([300, 3_600, 14_400]) : chance.pick([30, 300, 3_600]),
    credentials: chance.happens(0.5) ? [`${credential.type}:${credential.instance}`] : [],
  });
}

function someScale(chance: Chance): number | null {
  return chance.happens(0.4) ? chance.between(1, 4) : null;
}

/** The next release of a project: another scale, an agent disabled or removed, or everything as it was first. */
export function nextProject(chance: Chance, first: Project, now: Project): Project {
  const agents = { ...now.agents };
  const [name = '', agent] = chance.pick(Object.entries(first.agents) as [[string, Agent]]);
  switch (chance.pick([0, 1, 1, 2, 3, 4])) {
    case 0:
      return { ...now, scale: someScale(chance) };
    case 1:
      return { ...now, agents: { ...agents, [name]: { ...agent, scale: 0 } } };
    case 2:
      delete agents[name];
      return { ...now, agents };
    case 3:
      return first;
    default:
      return { ...now, agents: { ...agents, [name]: { ...agent, scale: chance.between(1, 4) } } };
  }
}
