import type { Exited } from '../../infra/local/engines/run/index.ts';
import { keepCredential } from '../../shared/credentials/home.ts';
import type { Project } from '../../shared/projects/project.ts';
import { projectOf } from '../project.ts';
import { createWorld, type World } from '../world.ts';
import { type FaultRates, mortal } from './faults.ts';
import { checkEnd, checkSlots } from './invariants.ts';
import { type Chance, chance } from './random.ts';

/** What a simulated life came to. */
export interface Life {
  /** What happened, a line each: the same for the same seed. */
  history: string[];
  runs: number;
  violation?: string;
}

const minuteMs = 60_000;
/** Minutes without faults after which everything must be over. */
const calmMinutes = 30;

/** Lives through `minutes` of deliveries and faults, then through a calm in which all must end, and judges what is left. */
export async function live(seed: number, minutes: number, faults: FaultRates): Promise<Life> {
  const random = chance(seed);
  const project = someProject(random);
  let now: FaultRates = { crash: 0, refuse: 0, wakeUp: 0 };
  const world = await createWorld({
    project,
    random: random.fraction,
    instance: (ports) => mortal(ports, random, () => now),
  });
  world.container = () => (random.happens(0.5) ? someExit(random) : 'runs');
  await keepCredential(
    world.ports,
    { type: 'github_token', instance: 'default' },
    { token: Buffer.from('t') },
  );
  const history: string[] = [];
  const answered: Parameters<typeof checkEnd>[0]['answered'] = [];
  const sent: string[] = [];
  const step = { world, project, random, history, answered, sent };
  try {
    now = faults;
    for (let minute = 0; minute < minutes; minute += 1) {
      world.sink = !random.happens(faults.wakeUp);
      world.prompt = !random.happens(0.3);
      await bustle(step, faults);
      if (!random.happens(faults.wakeUp)) await world.sweep().catch(() => {});
    }
    now = { crash: 0, refuse: 0, wakeUp: 0 };
    world.tasks.misbehave({});
    world.sink = true;
    for (let minute = 0; minute < calmMinutes; minute += 1) {
      await endSome(step, 1);
      await world.sweep();
      await world.advance(minuteMs);
      await checkSlots(world.ports, project);
    }
    await checkEnd({ world, project, answered });
  } catch (error) {
    const violation = error instanceof Error ? error.message : String(error);
    return { history: await tell(world, history), runs: 0, violation };
  }
  const runs = await world.runs();
  return { history: await tell(world, history), runs: runs.length };
}

interface Step {
  world: World;
  project: Project;
  random: Chance;
  history: string[];
  answered: { delivery: string; runs: { [agent: string]: string } }[];
  sent: string[];
}

/** A minute of deliveries, repeated deliveries, ends of containers and lost or doubled wake-ups. */
async function bustle(step: Step, faults: FaultRates): Promise<void> {
  const { world, project, random } = step;
  for (let part = 0; part < 6; part += 1) {
    world.tasks.misbehave({
      duplicate: random.happens(faults.wakeUp) ? random.between(1, 5) : 0,
      forget: random.happens(faults.wakeUp) ? random.between(1, 3) : 0,
      delayMs: random.happens(faults.wakeUp) ? random.between(1, 30_000) : 0,
    });
    const burst = random.happens(0.3) ? random.between(1, 6) : 0;
    await Promise.all(Array.from({ length: burst }, () => deliver(step)));
    await world.advance(random.between(1, 20_000));
    await endSome(step, 0.5);
    await checkSlots(world.ports, project);
  }
}

/** A new delivery, or one that was sent before; whoever gets no answer may send again later. */
async function deliver({ world, random, history, answered, sent }: Step): Promise<void> {
  const again = sent.length > 0 && random.happens(0.3);
  const id = again ? (sent[random.between(0, sent.length - 1)] ?? '0') : String(sent.length);
  if (!again) sent.push(id);
  try {
    const runs = await world.deliver(id);
    answered.push({ delivery: `github:${id}`, runs });
    history.push(`delivery ${id} answered ${JSON.stringify(runs)}`);
  } catch (error) {
    history.push(`delivery ${id} got no answer: ${error instanceof Error ? error.message : error}`);
  }
}

/** Ends some of the containers that run. */
async function endSome({ world, random, history }: Step, share: number): Promise<void> {
  for (const run of await world.inFlight()) {
    if (!random.happens(share)) continue;
    const how = someExit(random);
    history.push(`container of ${run} ends: ${JSON.stringify(how)}`);
    await world.exit(run, how);
  }
}

function someExit(random: Chance): Exited {
  if (random.happens(0.1)) return { signal: random.pick([9, 11, 15]) };
  return { exitCode: random.pick([0, 0, 0, 0, 1, 42, 124]) };
}

function someProject(random: Chance): Project {
  const agents = Object.fromEntries(
    Array.from({ length: random.between(1, 3) }, (_, index) => [
      `agent-${index}`,
      {
        scale: random.between(1, 3),
        maxWorkQueueSize: random.between(2, 20),
        timeout: random.pick([30, 300, 3_600]),
        credentials: random.happens(0.5) ? ['github_token:default'] : [],
      },
    ]),
  );
  return { ...projectOf(agents), scale: random.happens(0.3) ? random.between(1, 4) : null };
}

async function tell(world: World, history: string[]): Promise<string[]> {
  const runs = (await world.runs()).map(
    ({ agent, trigger, timeline, summary }) =>
      `${agent} of ${trigger.delivery}: ${timeline.map(({ at, state }) => `${at.slice(11, 19)} ${state}`).join(', ')} (${summary})`,
  );
  return [...history, ...runs];
}
