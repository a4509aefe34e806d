import { summedDays } from '../../../shared/costs/day-costs.ts';
import { type CostsPage, costLines } from '../../costs/cost-lines.ts';
import { countOf, steeringCommand } from '../../steer/command.ts';
import type { CliCommand } from '../command.ts';

interface CostOptions {
  days: string;
  agent?: string;
}

export const cost: CliCommand = steeringCommand<CostOptions>({
  name: 'cost',
  summary: 'Show what runs have cost, by agent and by day',
  about:
    'Amounts are estimated in US dollars, without free tiers: compute by the time that containers ran, models by the account of the agents, Drover by what it asked of Google.',
  define: (command) => {
    command
      .option('--days <n>', `how many days, today included, at most ${summedDays}`, '30')
      .option('--agent <name>', 'only of this agent');
  },
  act: async ({ api, told, width }, { days, agent }) => {
    const query = {
      days: String(countOf('--days', days, summedDays)),
      ...(agent === undefined ? {} : { agent }),
    };
    const found = await told(api.v1.costs.$get({ query }), 'agents', 'days', 'total');
    const page: CostsPage = found;
    return {
      lines: costLines(page, width, agent !== undefined),
      data: { ...found },
      next: nextOf(page),
    };
  },
});

function nextOf({ agents }: CostsPage): string {
  const [dearest] = agents;
  if (!dearest || dearest.runs === 0) return '`drover run <agent>`.';
  return `\`drover runs ls --agent ${dearest.agent}\`, or \`drover runs explain <run>\` for one.`;
}
