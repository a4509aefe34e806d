import { afterAll, expect, it } from 'vitest';
import { endPrograms } from '../e2e/program.ts';
import { report } from './report.ts';
import { killsOf, soak } from './soak.ts';

afterAll(endPrograms);

/** In ms, for a machine that is busy with other tests: what the last kill costs is made good within a lease and a sweep. */
const longestMs = 170_000;

it('everything holds when the process of the functions is killed again and again under a stream of deliveries', async () => {
  const seed = Number(process.env.DROVER_SOAK_SEED ?? Date.now() % 1_000_000);
  const lines: string[] = [`DROVER_SOAK_SEED=${seed}`];
  const options = { deliveries: 60, seed, killEveryMs: 1_000, stormMs: 10_000, longestMs };
  const soaked = await soak(options, (line) => lines.push(line));
  lines.push(...report(soaked));
  expect(soaked.violations, lines.join('\n')).toEqual([]);
  expect(soaked.evidence.sent).toHaveLength(60);
  expect(soaked.evidence.containers.length).toBeGreaterThan(0);
  expect(killsOf(soaked)).toBeGreaterThan(0);
}, 180_000);
