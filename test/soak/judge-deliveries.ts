import { deliveryOf } from '../../shared/runs/trigger.ts';
import type { Evidence } from './evidence.ts';
import type { Court } from './violation.ts';

/** Nothing that was answered with 2xx is forgotten, and each delivery has one run of each of its agents. */
export function judgeDeliveries({ hold }: Court, { sent, deliveries, runs }: Evidence): void {
  const known = new Map<string, string[]>();
  for (const { id, data } of runs.values()) {
    const { trigger, agent } = data;
    if (trigger.type !== 'webhook') continue;
    const cause = `${deliveryOf(trigger)} ${agent}`;
    known.set(cause, [...(known.get(cause) ?? []), id]);
  }
  let expected = 0;
  for (const { id, agents, due, answers } of sent) {
    const count = answers.length;
    hold(count === due, 'answered', () => `${id} was answered ${count} times with 2xx, not ${due}`);
    const delivery = deliveries.get(`github:${id}`);
    hold(delivery !== undefined, 'kept', () => `${id} was answered and is not in Firestore`);
    for (const agent of agents) {
      expected += 1;
      const found = known.get(`github:${id} ${agent}`) ?? [];
      hold(
        found.length === 1,
        'one run',
        () => `${id} has the runs [${found}] of ${agent}`,
        found[0],
      );
      const given = [delivery?.runs ?? {}, ...answers].map((all) => all[agent]);
      const isSame = given.every((run) => run === found[0]);
      hold(
        isSame,
        'same answer',
        () => `${id} has ${found[0]} of ${agent}, and said ${given}`,
        found[0],
      );
    }
    const others = answers
      .flatMap((all) => Object.keys(all))
      .filter((name) => !agents.some((agent) => agent === name));
    hold(others.length === 0, 'one run', () => `${id} started ${others}, whom it is not for`);
  }
  const all = [...known.values()].flat().length;
  hold(all === expected, 'one run', () => `there are ${all} runs of deliveries, not ${expected}`);
  const strangers = [...deliveries.keys()].filter(
    (id) => !sent.some((one) => `github:${one.id}` === id),
  );
  hold(strangers.length === 0, 'kept', () => `nobody sent ${strangers}`);
}
