import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { type Chance, chance } from '../../test/sim/random.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Agent, Concurrency, Project } from '../projects/project.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from './pause.ts';
import { countQueued } from './queue.ts';
import { readAgentState, readCurrent } from './state.ts';
import { admit } from './test-runs.ts';
import { whyWaiting } from './waiting.ts';

const names = ['ant', 'bee', 'cat'];
const repos = ['one', 'two', 'three'] as const;
const me = { who: 'me', why: '' };
const minute = 60_000;
/** How many lives are lived through. */
const lives = 5;
/** Minutes after which the sweep has found whoever was forgotten. */
const longestIdle = 5;

function someProject(some: Chance): Project {
  const agents = names.map((name): [string, Partial<Agent>] => {
    const busy = some.pick<Concurrency['busy']>(['queue', 'skip', 'cancel']);
    return [
      name,
      {
        scale: some.between(1, 3),
        maxWorkQueueSize: some.between(1, 6),
        timeout: 300,
        webhooks: [onGithub({ labels: [name] })],
        concurrency: some.happens(0.6) ? { key: '{repo}', busy } : null,
        budget: {
          runsPerDay: some.happens(0.3) ? some.between(3, 20) : null,
          minutesPerDay: some.happens(0.2) ? some.between(3, 20) : null,
          failuresInARow: some.happens(0.3) ? some.between(2, 4) : null,
        },
      },
    ];
  });
  return {
    ...projectOf(Object.fromEntries(agents)),
    scale: some.happens(0.6) ? some.between(1, 4) : null,
  };
}

/** What must hold at any time. */
async function judge(world: World, project: Project): Promise<void> {
  const runs = await world.ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
  const flying = runs.filter(({ data }) => data.state !== 'queued' && !isOver(data.state));
  for (const name of names) {
    const agent = project.agents[name];
    const own = flying.filter(({ data }) => data.agent === name);
    expect(own.length).toBeLessThanOrEqual(agent?.scale ?? 0);
    const { data } = await readAgentState(world.ports, name);
    expect([...data.inFlight].sort()).toEqual(own.map(({ id }) => id).sort());
    const keys = own.flatMap((run) => run.data.concurrencyKey ?? []);
    expect(Object.values(data.keys).sort()).toEqual([...keys].sort());
    if (agent?.concurrency) expect(new Set(keys).size).toBe(keys.length);
    expect(data.spend.runs).toBeLessThanOrEqual(agent?.budget.runsPerDay ?? Infinity);
  }
  expect(flying.length).toBeLessThanOrEqual(project.scale ?? Infinity);
}

/** Something happens to the world. */
async function happen(world: World, some: Chance, n: number): Promise<void> {
  const agent = some.pick(['ant', 'bee', 'cat']);
  const what = some.fraction();
  if (what < 0.3) {
    await world.deliver(String(n), { labels: [agent], repo: some.pick(repos) });
  } else if (what < 0.45) {
    const concurrencyKey = some.pick([...repos, null]);
    const notBefore = new Date(world.ports.clock.now() + some.between(1, 10 * minute));
    await admit(world.ports, agent, n, { notBefore, concurrencyKey });
    await wakeDispatch(world.ports, agent);
  } else if (what < 0.53) await pauseAgent(world.ports, agent, me);
  else if (what < 0.6) await resumeAgent(world.ports, agent, me);
  else if (what < 0.64) await pauseProject(world.ports, me);
  else if (what < 0.7) await resumeProject(world.ports, me);
  else if (what < 0.85) {
    const [job = ''] = world.running;
    if (job) await world.exit(job.replace('drover-', ''), { exitCode: some.between(0, 1) });
  } else if (what < 0.9) world.tasks.misbehave({ forget: some.between(0, 2) });
  else await world.sweep();
}

/** How many runs of each paused agent were lost so far, and since when it is paused. */
async function lossesOfPaused(world: World): Promise<{ [agent: string]: string }> {
  const project = (await readCurrent(world.ports))?.data.paused;
  const runs = await world.runs();
  const losses: { [agent: string]: string } = {};
  for (const name of names) {
    const { paused } = (await readAgentState(world.ports, name)).data;
    if (!paused && !project) continue;
    const lost = runs.filter(({ agent, state }) => agent === name && state === 'dropped').length;
    losses[name] = `${lost} since ${paused?.at} or ${project?.at}`;
  }
  return losses;
}

/** Whether an agent has a queued run that might start and does not. */
async function waitsForNothing(world: World, agent: string): Promise<boolean> {
  const current = await world.releases.current();
  if (!current || (await countQueued(world.ports, agent)) === 0) return false;
  return (await whyWaiting(world.ports, current, agent)).length === 0;
}

async function live(seed: number): Promise<void> {
  const some = chance(seed);
  const project = someProject(some);
  const world = await createWorld({ project });
  for (let n = 0; n < 60; n += 1) {
    const before = await lossesOfPaused(world);
    await happen(world, some, n);
    await world.advance(some.pick([0, 0, 10, 1_000, 30_000]));
    await judge(world, project);
    for (const [agent, after] of Object.entries(await lossesOfPaused(world))) {
      const [known = after] = [before[agent]];
      // The same pause as before: then it has lost nothing meanwhile.
      if (known.replace(/^\d+/, '') === after.replace(/^\d+/, '')) expect(after).toBe(known);
    }
  }
  world.tasks.misbehave({});
  world.container = () => ({ exitCode: 0 });
  const idle = new Map<string, number>();
  for (let n = 0; n < 30; n += 1) {
    // What still runs may fail, and its agent pause itself.
    await resumeProject(world.ports, me);
    for (const name of names) await resumeAgent(world.ports, name, me);
    await world.advance(minute);
    await world.sweep();
    await judge(world, project);
    for (const name of names) {
      idle.set(name, (await waitsForNothing(world, name)) ? (idle.get(name) ?? 0) + 1 : 0);
      expect(idle.get(name)).toBeLessThan(longestIdle);
    }
  }
  // Budgets of a few runs a day take their days.
  for (let day = 0; day < 10; day += 1) {
    await world.advance(24 * 60 * minute);
    await world.sweep();
  }
  const open = (await world.runs()).filter(({ state }) => !isOver(state));
  expect(open.map(({ cause, state }) => `${cause} ${state}`)).toEqual([]);
  expect(await world.leftovers()).toEqual([]);
}

describe('pauses, budgets, keys, times and shares together', () => {
  it('never start too much, lose nothing that a pause holds, and let everything end', async () => {
    for (let seed = 1; seed <= lives; seed += 1) {
      try {
        await live(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  });
});
