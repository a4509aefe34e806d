import { describe, expect, it } from 'vitest';
import { calmWeather, type FaultRates, fair, isFair, levels } from './faults.ts';
import { chance } from './random.ts';
import { createSchedule } from './schedule.ts';
import { troubled } from './troubled.ts';

/** One call of a port at these rates, and what became of it within `ms`. */
async function made(
  rates: Partial<FaultRates>,
  { name = 'jobs.get', ms = 0, stillMs = 0, seed = 1 } = {},
) {
  const schedule = createSchedule(0);
  const weather = { ...calmWeather(), rates: { ...fair, pause: 0, ...rates }, stillUntil: stillMs };
  const seen = { effects: 0, dead: '', answer: 'none', mishaps: [] as string[] };
  const random = chance(seed);
  const life = {
    dead: false,
    die: (where: string) => {
      life.dead = true;
      seen.dead = where;
    },
  };
  const effect = async (): Promise<string> => {
    seen.effects += 1;
    return 'done';
  };
  const call = troubled(name, effect, life, { chance: random, schedule, weather });
  void call('somebody', []).then(
    (answer) => {
      seen.answer = String(answer);
    },
    (error) => {
      seen.answer = error.code;
    },
  );
  await schedule.quiet();
  while ((schedule.nextDue() ?? Number.POSITIVE_INFINITY) <= ms) {
    schedule.moveTo(schedule.nextDue() ?? ms);
    await schedule.quiet();
  }
  return { ...seen, mishaps: random.mishaps.map(({ what }) => what), hanging: weather.hanging };
}

const hour = 3_600_000;

describe('a call of a port', () => {
  it('is made and answered where nothing goes wrong', async () => {
    expect(await made({})).toMatchObject({ effects: 1, answer: 'done', dead: '', mishaps: [] });
  });

  it('is over a quota without having taken effect', async () => {
    const seen = await made({ quota: 1 });
    expect(seen).toMatchObject({ effects: 0, answer: 'resource_exhausted' });
    expect(seen.mishaps).toEqual(['jobs.get over quota']);
  });

  it('is aborted where it is one of Firestore, and nowhere else', async () => {
    const aborted = await made({ abort: 1 }, { name: 'documents.commit' });
    expect(aborted).toMatchObject({ effects: 0, answer: 'aborted' });
    expect(await made({ abort: 1 })).toMatchObject({ effects: 1, answer: 'done' });
  });

  it('is refused before it took effect, or loses its answer after', async () => {
    const refused = await made({ refuse: 1 });
    expect(refused).toMatchObject({ effects: 0, mishaps: ['jobs.get refused'] });
    expect(['unavailable', 'deadline_exceeded']).toContain(refused.answer);
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const { effects, mishaps } = await made({ refuse: 0.5 }, { seed });
      outcomes.add(`${mishaps.join()} ${effects}`);
    }
    expect([...outcomes].sort()).toEqual([' 1', 'answer of jobs.get lost 1', 'jobs.get refused 0']);
  });

  it('that is given up takes effect later, and its caller is told so before', async () => {
    const early = await made({ late: 1 }, { ms: 0 });
    expect(early).toMatchObject({ effects: 0, answer: 'none', hanging: 2 });
    const late = await made({ late: 1 }, { ms: hour });
    expect(late).toMatchObject({ effects: 1, answer: 'deadline_exceeded', hanging: 0 });
  });

  it('hangs while nothing goes on, and goes on after that', async () => {
    const still = await made({}, { stillMs: 2 * hour, ms: hour });
    expect(still).toMatchObject({ effects: 0, answer: 'none', hanging: 1 });
    const after = await made({}, { stillMs: 2 * hour, ms: 3 * hour });
    expect(after).toMatchObject({ effects: 1, answer: 'done', hanging: 0 });
  });
});

describe('an instance that dies at a call', () => {
  it('hears nothing of it any more, whether it took effect or not', async () => {
    const seen = await made({ crash: 4 }, { ms: hour });
    expect(seen).toMatchObject({ effects: 0, answer: 'none', dead: 'crash before jobs.get' });
  });

  it('may die after it took effect', async () => {
    const deaths = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const { dead, effects, answer } = await made({ crash: 1 }, { seed });
      if (dead === '') continue;
      expect(answer).toBe('none');
      deaths.add(`${dead} ${effects}`);
    }
    expect([...deaths].sort()).toEqual([
      'crash after jobs.get 1',
      'crash before jobs.get 0',
      'crash with jobs.get on its way 0',
    ]);
  });
});

describe('the levels of faults', () => {
  it('have every kind where it is heavy and light, and none where there is none', () => {
    for (const level of [levels.heavy, levels.light]) {
      for (const [what, rate] of Object.entries(level)) expect(rate, what).toBeGreaterThan(0);
    }
    expect(isFair(levels.none)).toBe(true);
    expect(isFair(levels.light)).toBe(false);
  });

  it('are heavier for each kind where it is heavy', () => {
    const { pause: _, ...heavy } = levels.heavy;
    for (const [what, rate] of Object.entries(heavy)) {
      expect(rate, what).toBeGreaterThan(levels.light[what as keyof FaultRates]);
    }
  });
});
