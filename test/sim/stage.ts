import { keepCredential } from '../../shared/credentials/home.ts';
import type { Documents, Events, TellTime, Write } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { jobId } from '../../shared/runs/names.ts';
import { isOver } from '../../shared/runs/states.ts';
import { createWorld } from '../world.ts';
import { judgeEnding } from './blame.ts';
import { createCalm } from './calm.ts';
import { createChronicle } from './chronicle.ts';
import { createContainers } from './containers.ts';
import { createCourt } from './court.ts';
import { createDeliveries } from './deliveries.ts';
import type { Pace } from './executor.ts';
import { calmWeather } from './faults.ts';
import { type Caller, createInstances, type Witness } from './instances.ts';
import { createJudge } from './judge.ts';
import type { SinkLine } from './judge-log.ts';
import { Violation } from './laws.ts';
import { createLedger, type RunChange } from './ledger.ts';
import { createOutside, describe } from './outside.ts';
import { createPeople } from './people.ts';
import { credential, someBeginning, someProject } from './projects.ts';
import type { Chance } from './random.ts';
import type { Sabotage } from './sabotage.ts';
import { createSchedule } from './schedule.ts';

/** Calls of functions between two looks at them, at most: a burst of deliveries to three agents, what they print, and some. */
const mostCalls = 1_500;
const minuteMs = 60_000;

/** Everything of one life: the world, those who trouble it, and those who watch it. */
export async function createStage(
  chance: Chance,
  isLong: boolean,
  withCalls: boolean,
  sabotage: Sabotage = (ports) => ports,
) {
  const first = someProject(chance, isLong);
  const turns = chance.fork('turns');
  const schedule = createSchedule(someBeginning(chance, first), (count) =>
    turns.between(0, count - 1),
  );
  const chronicle = createChronicle(schedule.now);
  const { note } = chronicle;
  const court = createCourt(note);
  const weather = calmWeather();
  note(describe(first));

  let portCalls = 0;
  const witness: Witness = {
    effect: (name, caller, args, call) => {
      portCalls += 1;
      if (withCalls) chronicle.call(name, caller, args);
      if (name === 'events.publish') {
        const [key, messages] = args as Parameters<Events['publish']>;
        return call(key, messages).then(() =>
          court.check(() => judge.events.published(key, messages)),
        );
      }
      if (name !== 'documents.commit') return call(...args);
      const [writes, tellTime] = args as Parameters<Documents['commit']>;
      let at = 0;
      const noting: TellTime = (time) => {
        at = time;
        tellTime?.(time);
      };
      return call(writes, noting).then((versions) => {
        committed(writes, caller, at);
        return versions;
      });
    },
    answer: (name, caller, args, answer) => {
      if (withCalls) answer.catch((error) => chronicle.call(name, caller, args, error));
    },
  };
  const committed = (writes: readonly Write[], caller: Caller, at: number): void => {
    const what = ledger.record(writes, at);
    court.check(() => {
      judge.judge(what, caller);
      for (const { entry } of what.runs.filter(isEnding)) {
        judgeEnding(entry, outside.misdeeds(entry.id), world.exits.get(jobId(entry.id)));
      }
    });
    calm.committed(what);
  };
  const instances = createInstances(
    { chance: chance.fork('instances'), schedule, weather },
    witness,
    sabotage,
  );
  const tasks = chance.fork('tasks');
  let calls = 0;
  const world = await createWorld({
    project: first,
    iam: null,
    schedule,
    random: chance.fork('world').fraction,
    instance: (ports, name) => {
      calls += 1;
      if (calls <= mostCalls) return instances(ports, name);
      const busy = new Violation('busy', `${calls} calls, now of ${name}`);
      court.failed(name, busy);
      throw busy;
    },
    failed: court.failed,
    logSink: true,
    delivers: () => weather.stillUntil <= schedule.now(),
    pushed: (entry) => {
      const answered = judge.logs.pushed(entry as SinkLine);
      return (isTaken) => court.check(() => isTaken && answered());
    },
    isTwice: (name) => tasks.strikes(`${name} called twice at once`, weather.rates.twice),
    imageExists: () => outside.imageExists(),
    pace: somePace(chance.fork('pace')),
  });
  const current = await world.ports.documents.get<Current>(currentPath);
  const ledger = createLedger(schedule.now, current?.data.release ?? '', first);
  const judge = createJudge(ledger, schedule.now);
  const calm = createCalm(world, ledger, schedule, judge.schedules);
  const common = { world, ledger, chance, schedule, judge, note, ...court };
  const outside = createOutside({
    ...common,
    chance: chance.fork('outside'),
    weather,
    first,
    isLong,
  });
  const deliveries = createDeliveries({ ...common, chance: chance.fork('deliveries') });
  const containers = createContainers({
    ...common,
    chance: chance.fork('containers'),
    outside,
    longestMs: (isLong ? 20 : 1) * minuteMs,
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
    deliveries,
    people: createPeople({ ...common, chance: chance.fork('people'), deliveries, outside }),
    /** Calls of ports that took effect so far. */
    calls: (): number => portCalls,
    /** Counts the calls of functions anew. */
    countCalls: (): void => {
      calls = 0;
    },
  };
}

function isEnding({ entry, before }: RunChange): boolean {
  return isOver(entry.data.state) && before !== undefined && !isOver(before.state);
}

/** Cloud Run as it is: mostly prompt, sometimes slow to start a container or to end one. */
function somePace(chance: Chance): Pace {
  return {
    stall: () => (chance.happens(0.2) ? chance.spread(10, 4 * minuteMs) : 0),
    start: () => (chance.happens(0.3) ? chance.spread(100, 4 * minuteMs) : 0),
    ignoresTerm: () => chance.happens(0.5),
    kill: () => (chance.happens(0.5) ? chance.spread(1_000, 30 * minuteMs) : 0),
  };
}
