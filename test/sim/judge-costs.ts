import type { AgentState } from '../../shared/agents/state.ts';
import { type DayCosts, noCost, sumOfDays } from '../../shared/costs/day-costs.ts';
import { totalOf } from '../../shared/costs/run-cost.ts';
import type { Document, Ports } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { hold } from './laws.ts';

/** What runs have cost is the sum of its parts, and their agents' days are the sums of their runs. */
export async function judgeCosts(ports: Ports, runs: readonly Document<Run>[]): Promise<void> {
  const sums = new Map<string, Map<string, DayCosts[string]>>();
  for (const { id, data } of runs) {
    const { agent, cost, state, usage } = data;
    hold(
      (cost === null) === !isOver(state),
      'costs',
      `${id} is ${state} and cost ${cost?.total}`,
      id,
    );
    if (!cost) continue;
    hold(cost.total === totalOf(cost), 'costs', `${id} has cost ${JSON.stringify(cost)}`, id);
    const models = Math.abs(cost.models - (usage?.cost ?? 0));
    hold(
      models < 1e-6,
      'costs',
      `${id} used models for ${usage?.cost}, and cost ${cost.models}`,
      id,
    );
    if (cost.day === null) continue;
    const days = sums.get(agent) ?? new Map();
    sums.set(agent, days);
    const { compute, controlPlane } = cost;
    const more = { runs: 1, seconds: 0, compute, controlPlane, models: cost.models };
    days.set(cost.day, sumOfDays([days.get(cost.day) ?? noCost, more]));
  }
  for (const [agent, days] of sums) {
    const kept = (await ports.documents.get<AgentState>(`agents/${agent}`))?.data.days ?? {};
    for (const [day, sum] of days) {
      const said = kept[day] ?? noCost;
      const isSame = said.runs === sum.runs && Math.abs(totalOf(said) - totalOf(sum)) < 1e-4;
      const differ = `${JSON.stringify(said)}, and its runs to ${JSON.stringify(sum)}`;
      hold(isSame, 'costs', `${agent} has come to ${differ} on ${day}`);
    }
  }
}
