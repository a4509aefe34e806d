import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.ts';
import { pageOf, reportOf, uncrashed } from './report.ts';
import { scenarios } from './scenarios/index.ts';
import { complaints, createTrial, type Tried } from './try-points.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run crash-points`: tries every point, says what came of each, and writes the page. */
const { sites, points, problems, attempt } = await createTrial(scenarios);
const tried: Tried[] = [];
for (const point of points) {
  const one = await attempt(point);
  tried.push(one);
  for (const line of reportOf(sites, [one])) say(line);
}
const wrong = [
  ...problems,
  ...uncrashed(sites, points).map((side) => `no scenario crashes ${side}`),
  ...complaints(tried),
];
writeFileSync(join(repositoryRoot(), 'docs/crash-points.md'), pageOf(sites, tried));
say('');
say(`${sites.length} sites, ${tried.length} lives, ${wrong.length} of them wrong`);
for (const line of wrong) say(line);
if (wrong.length > 0) process.exitCode = 1;
