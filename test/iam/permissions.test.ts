import { beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../infra/local/iam/policy.ts';
import { scenarios } from '../crash/scenarios/index.ts';
import { grantName, type HeldLife, liveHeld } from './lives.ts';
import * as stories from './stories.ts';

/** What only the local cloud's own deliveries use: `invokers.test.ts` tries it on the wire. */
const isElsewhere = ({ member, permission }: Grant): boolean =>
  permission === 'run.routes.invoke' || member.startsWith('sink:');
/** What Google's own services do with each other, and the local cloud does not play. */
const googles = (grant: Grant): boolean => grant.member.includes('@gcp-sa-');

const lives: HeldLife[] = [];
/** The quickest life in which a grant is used, by its name. */
const quickest = new Map<string, { grant: Grant; life: HeldLife }>();

beforeAll(async () => {
  for (const scenario of [...scenarios, ...Object.values(stories)]) {
    const life = await liveHeld(scenario);
    lives.push(life);
    for (const grant of life.grants) {
      const name = grantName(grant);
      const known = quickest.get(name)?.life.ms ?? Number.POSITIVE_INFINITY;
      if (life.used.has(name) && life.ms < known) quickest.set(name, { grant, life });
    }
  }
}, 120_000);

describe('with no more than the list grants', () => {
  it('every scenario comes to its end, and nobody is refused anything', () => {
    const wrong = lives.flatMap(({ title, wrong, denials }) =>
      wrong === undefined && denials.length === 0 ? [] : [{ title, wrong, denials }],
    );
    expect(wrong).toEqual([]);
  });
});

describe('nothing that the list grants', () => {
  it('goes unused: of functions, and of the agents that each life has', () => {
    const ran = new Set([...quickest.values()].map(({ grant }) => grant.member));
    const unused = lives
      .flatMap(({ grants }) => grants)
      .filter((grant) => !googles(grant) && !isElsewhere(grant))
      .filter((grant) => !isOfIdleAgent(grant, ran))
      .map(grantName)
      .filter((name) => !quickest.has(name));
    expect([...new Set(unused)]).toEqual([]);
  });

  it('can be taken away without a call that fails for want of it', async () => {
    const harmless: string[] = [];
    for (const [name, { life }] of quickest) {
      const without = await liveHeld(life.scenario, (grant) => grantName(grant) === name);
      if (!without.denials.some((denial) => isFor(name, denial))) harmless.push(name);
    }
    expect(quickest.size).toBeGreaterThan(60);
    expect(harmless).toEqual([]);
  }, 300_000);
});

/** An agent of a life that none of its runs belongs to. */
function isOfIdleAgent({ member, on }: Grant, ran: ReadonlySet<string>): boolean {
  const agent = member.includes('drover-a-') ? member : undefined;
  if (agent !== undefined) return !ran.has(agent);
  if (on.kind !== 'service-account' || !on.id.startsWith('drover-a-')) return false;
  return ![...ran].some((one) => one.startsWith(`serviceAccount:${on.id}@`));
}

function isFor(name: string, { member, permission }: { member: string; permission: string }) {
  const [who = ''] = member.replace(/^serviceAccount:/, '').split('@');
  return name.startsWith(`${who}: ${permission} `);
}
