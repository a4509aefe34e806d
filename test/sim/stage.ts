import { keepCredential } from '../../shared/credentials/home.ts';
import type { Write } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { createWorld } from '../world.ts';
import { createCalm } from './calm.ts';
import { createChronicle } from './chronicle.ts';
import { createContainers } from './containers.ts';
import { createCourt } from './court.ts';
import { createDeliveries } from './deliveries.ts';
import type { Pace } from './executor.ts';
import { fair, type Weather } from './faults.ts';
import { createInstances, type Witness } from './instances.ts';
import { judge, Violation } from './laws.ts';
import { createLedger } from './ledger.ts';
import { createOutside } from './outside.ts';
import { credential, someProject } from './projects.ts';
import type { Chance } from './random.ts';
import { createSchedule } from './schedule.ts';

/** Calls of functions between two looks at them, at most: a burst of deliveries to three agents, and some. */
const mostCalls = 500;
const minuteMs = 60_000;

/** Everything of one life: the world, those who trouble it, and those who watch it. */
export async function createStage(chance: Chance, isLong: boolean, withCalls: boolean) {
  const schedule = createSchedule(Date.parse('2026-03-01T12:00:00Z'));
  const chronicle = createChronicle(schedule.now, withCalls);
  const { note } = chronicle;
  const court = createCourt(note);
  const weather: Weather = { rates: fair, hanging: 0, tasksAway: false };
  const first = someProject(chance, isLong);

  const witness: Witness = (name, caller, args, call) => {
    const settled = chronicle.call(name, caller, args);
    const done = call(...args);
    if (withCalls) done.catch(settled);
    if (name !== 'documents.commit') return done;
    return done.then((answer) => {
      const committed = ledger.record(args[0] as Write[]);
      court.check(() => judge(ledger, committed, caller));
      calm.committed(committed.runs.some(({ before }) => before?.state === 'queued'));
      return answer;
    });
  };
  const instances = createInstances({ chance, schedule, weather }, witness);
  let calls = 0;
  const world = await createWorld({
    project: first,
    schedule,
    random: chance.fraction,
    instance: (ports, name) => {
      calls += 1;
      if (calls <= mostCalls) return instances(ports, name);
      const busy = new Violation('busy', `${calls} calls, now of ${name}`);
      court.failed(name, busy);
      throw busy;
    },
    failed: court.failed,
    imageExists: () => outside.imageExists(),
    pace: somePace(chance),
  });
  const current = await world.ports.documents.get<Current>(currentPath);
  const ledger = createLedger(schedule.now, current?.data.release ?? '', first);
  const calm = createCalm(world, ledger, schedule);
  const common = { world, ledger, chance, schedule, note, ...court };
  const outside = createOutside({ ...common, weather, first });
  const containers = createContainers({
    ...common,
    longestMs: (isLong ? 20 : 2) * minuteMs,
    mayStartAgain: (run) => outside.forgotten.has(run),
  });
  world.container = containers.container;
  await keepCredential(world.ports, credential, { token: Buffer.from('t') });
  return {
    ...common,
    weather,
    chronicle,
    court,
    calm,
    outside,
    containers,
    first,
    deliveries: createDeliveries(world, chance, note),
    /** Counts the calls of functions anew. */
    countCalls: (): void => {
      calls = 0;
    },
  };
}

/** Cloud Run as it is: mostly prompt, sometimes slow, with containers that do as they please. */
function somePace(chance: Chance): Pace {
  return {
    stall: () => (chance.happens(0.2) ? chance.spread(10, 4 * minuteMs) : 0),
    start: () => (chance.happens(0.3) ? chance.spread(100, 4 * minuteMs) : 0),
    ignoresTerm: () => chance.happens(0.3),
  };
}
