import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { somePoints } from './points.ts';
import { sitesOn, uncrashed } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import { complaints, createTrial, type Tried } from './try-points.ts';

const trial = await createTrial(scenarios);
/** Of the points beyond each site's first crashes, every third has its turn; `EVERY_POINT=1`: each. */
const tried = somePoints(trial.points, process.env.EVERY_POINT ? 1 : 3);
const titles = [...new Set(trial.points.map(({ scenario }) => scenario))];

describe('the scenarios', () => {
  it('come to their ends undisturbed, and make no call from a site that nobody knows', () => {
    expect(trial.problems).toEqual([]);
  });

  it('crash every call site before and after its call: add to them what a new one needs', () => {
    expect(uncrashed(trial.sites, tried)).toEqual([]);
  });

  it('are what the page is about: npm run crash-points writes it', () => {
    const page = readFileSync(join(repositoryRoot(), 'docs/crash-points.md'), 'utf8');
    expect(sitesOn(page).sort()).toEqual(trial.sites.map(({ id }) => id).sort());
  });
});

describe('whatever goes wrong at a call', () => {
  it.each(titles)(
    'all has converged within three sweeps: %s',
    async (title) => {
      const results: Tried[] = [];
      for (const point of tried.filter(({ scenario }) => scenario === title)) {
        results.push(await trial.attempt(point));
      }
      expect(complaints(results)).toEqual([]);
    },
    120_000,
  );
});
