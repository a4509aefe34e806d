import type { Actor, Plan, Step } from './plan.ts';

/**
 * The smallest plan that can be found which still fails: without actors, steps and faults that are not needed for it.
 *
 * @param fails Lets a plan happen, and answers whether it still fails.
 */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    for (const smaller of smallerThan(smallest)) {
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      goesOn = true;
      break;
    }
  }
  return smallest;
}

/** Plans that lack one thing each: first an actor, then a step, then a fault or a skew. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const { actors } = plan;
  const withActors = (changed: readonly Actor[]): Plan => ({ ...plan, actors: changed });
  for (const actor of actors) yield withActors(actors.filter((other) => other !== actor));
  for (const actor of actors) {
    const withSteps = (steps: readonly Step[]): Plan =>
      withActors(actors.map((other) => (other === actor ? { ...actor, steps } : other)));
    for (const step of actor.steps) yield withSteps(actor.steps.filter((other) => other !== step));
    for (const step of actor.steps) {
      const without = { ...step, faults: [] };
      if (step.faults.length > 0) {
        yield withSteps(actor.steps.map((other) => (other === step ? without : other)));
      }
    }
  }
  for (const actor of actors) {
    const right = { ...actor, skewMs: 0 };
    if (actor.skewMs !== 0) yield withActors(actors.map((one) => (one === actor ? right : one)));
  }
}
