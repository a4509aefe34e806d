import { type AgentName, agentNames, agents } from './agents.ts';

/** A delivery that is going to be sent. */
export interface Planned {
  /** GitHub's id of it. */
  id: string;
  /** The agents that it is for. */
  agents: AgentName[];
  /** When it is sent first, in ms from the beginning. */
  at: number;
  /** Whether it is sent once more although it was answered: at once, beside the first; or when that was answered. */
  again: 'no' | 'at once' | 'later';
}

/** Deliveries that are sent twice whatever they are answered: half of them at once. */
const partAgain = 0.2;
/** Deliveries that are for two agents. */
const partOfTwo = 0.1;
const smallestBurst = 5;
const largestBurst = 45;

/** `count` deliveries in bursts over `overMs`, drawn from `random`. */
export function planDeliveries(count: number, overMs: number, random: () => number): Planned[] {
  const planned: Planned[] = [];
  const sizes: number[] = [];
  for (let left = count; left > 0; ) {
    const size = smallestBurst + Math.floor(random() * (largestBurst - smallestBurst + 1));
    sizes.push(Math.min(size, left));
    left -= size;
  }
  for (const [burst, size] of sizes.entries()) {
    const at = ((burst + 0.8 * random()) / sizes.length) * overMs;
    for (let index = 0; index < size; index += 1) {
      const chance = random() / partAgain;
      planned.push({
        id: `soak-${planned.length + 1}`,
        agents: drawAgents(random),
        at: at + 50 * random(),
        again: chance >= 1 ? 'no' : chance < 0.5 ? 'at once' : 'later',
      });
    }
  }
  return planned;
}

function drawAgents(random: () => number): AgentName[] {
  const first = drawAgent(random);
  if (random() >= partOfTwo) return [first];
  const second = drawAgent(random);
  return second === first ? [first] : [first, second];
}

function drawAgent(random: () => number): AgentName {
  const all = agentNames.reduce((sum, name) => sum + agents[name].weight, 0);
  let left = random() * all;
  for (const name of agentNames) {
    left -= agents[name].weight;
    if (left < 0) return name;
  }
  return 'steady';
}
