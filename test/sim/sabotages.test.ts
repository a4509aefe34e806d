import { describe, expect, it } from 'vitest';
import { type Broken, tell } from './ask.ts';
import { type LawName, laws } from './laws.ts';
import { fewLives, type Saboteur } from './sabotage.ts';
import { type SabotageName, sabotages } from './sabotages.ts';

/** Laws that no sabotage is named for, and why. */
const untried: { readonly [law in LawName]?: string } = {
  access: 'no port decides what a key allows; wrong ones are tried in the tests of the control API',
  deadlock:
    'rings are rare in short lives, and so are false ones; their judge has tests of its own',
  late: 'a launch that ends has more than one way to see to its job, and all would have to fail',
  ring: 'rings that last are rare in short lives; their judge has tests of its own',
  stale:
    'an hour without a tick is rare in short lives, and more so one with such a schedule in it',
};

const all = Object.entries(sabotages) as [SabotageName, Saboteur][];

/** What is broken in the first life that breaks anything, of as many as it may take. */
async function firstBroken(name: SabotageName): Promise<Broken | undefined> {
  const { lives = fewLives }: Saboteur = sabotages[name];
  for (let seed = 1; seed <= lives; seed += 1) {
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
  it('is named by a sabotage that it catches, or it is said why there is none', () => {
    const named = new Set<string>(all.flatMap(([, saboteur]) => saboteur.laws));
    const others = Object.keys(laws).filter((law) => !named.has(law));
    expect(others.sort()).toEqual(Object.keys(untried).sort());
  });
});
