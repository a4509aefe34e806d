import { describe, expect, it } from 'vitest';
import { type Broken, tell } from './ask.ts';
import { laws } from './laws.ts';
import { fewLives, type Saboteur } from './sabotage.ts';
import { type SabotageName, sabotages } from './sabotages.ts';

const all = Object.entries(sabotages) as [SabotageName, Saboteur][];

/** What is broken in the first life that breaks anything, of as many as it may take. */
async function firstBroken(name: SabotageName): Promise<Broken | undefined> {
  const { from = 1, lives = fewLives }: Saboteur = sabotages[name];
  for (let seed = from; seed < from + lives; seed += 1) {
    const { broken } = await tell({ seed, minutes: 5, level: 'heavy', sabotage: name });
    if (broken) return broken;
  }
  return undefined;
}

describe('a Drover is found out that', () => {
  it.each(all.map(([name, { what }]) => [what, name] as const))('%s', async (_, name) => {
    const broken = await firstBroken(name);
    expect(sabotages[name].laws, broken?.message).toContain(broken?.law);
  });
});

describe('every law', () => {
  it('is named by a sabotage', () => {
    const named = new Set<string>(all.flatMap(([, saboteur]) => saboteur.laws));
    expect(Object.keys(laws).filter((law) => !named.has(law))).toEqual([]);
  });
});
