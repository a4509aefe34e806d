import { createIam, type Denial, localProjectNumber } from '../../infra/local/iam/iam.ts';
import { type Grant, policyOf } from '../../infra/local/iam/policy.ts';
import type { Need } from '../../infra/local/iam/target.ts';
import { live, type Scenario } from '../crash/live.ts';
import { place } from '../sim/place.ts';

/** What became of a scenario in which everybody is held to their permissions. */
export interface HeldLife {
  title: string;
  scenario(): Scenario;
  /** What was wrong with it; undefined: nothing. */
  wrong: string | undefined;
  denials: readonly Denial[];
  /** What was used of what is granted, by {@link grantName}. */
  used: ReadonlySet<string>;
  /** What was granted. */
  grants: readonly Grant[];
  ms: number;
}

/** A grant as a person reads it, and as no other is called. */
export function grantName({ member, permission, on }: Grant): string {
  const [who = ''] = member.replace(/^serviceAccount:/, '').split('@');
  return `${who}: ${permission} on ${on.kind === 'project' ? 'the project' : `${on.kind} ${on.id}`}`;
}

/** Lives a scenario without the grants that are withheld. */
export async function liveHeld(
  scenario: () => Scenario,
  isWithheld: (grant: Grant) => boolean = () => false,
): Promise<HeldLife> {
  const needs = new Map<string, [member: string, need: Need]>();
  const iam = createIam(place);
  iam.watch((member, need) => needs.set(`${member} ${JSON.stringify(need)}`, [member, need]));
  iam.withhold(isWithheld);
  const startedAt = performance.now();
  const { wrong } = await live(scenario, () => undefined, undefined, iam);
  const ms = performance.now() - startedAt;
  const grants = iam.grants();
  const used = grants.filter((grant) => isUsed(grant, [...needs.values()]));
  const { title } = scenario();
  const denials = iam.denials();
  return { title, scenario, wrong, denials, used: new Set(used.map(grantName)), grants, ms };
}

function isUsed(grant: Grant, needs: readonly (readonly [string, Need])[]): boolean {
  const alone = policyOf({ projectNumber: localProjectNumber }, [grant]);
  return needs.some(([member, { permission, on }]) => alone.allows(member, permission, on));
}
