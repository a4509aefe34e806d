import { concurrencyKeyOf } from '../agents/concurrency.ts';
import type { Ports, Write } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { admission, configurationOf } from '../runs/admit.ts';
import { chooseRunId } from '../runs/choose-id.ts';
import { runIds } from '../runs/names.ts';
import type { TracePlace } from '../runs/trace.ts';
import type { OriginTrigger } from '../runs/trigger.ts';
import type { Settings } from '../settings.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import type { RunsByAgent } from './delivery.ts';

/** The runs of a delivery, by agent, and those of them that are still to be admitted. */
export interface StartedRuns {
  runs: RunsByAgent;
  missing: string[];
}

type CauseOf = (agent: string) => string;

/** Each agent's run id, taking for granted that no other cause has it and that it was not admitted before. */
export function preferredRuns(agents: readonly string[], causeOf: CauseOf): StartedRuns {
  const runs = agents.map((agent) => [agent, runIds(agent, causeOf(agent))[0] ?? '']);
  return { runs: Object.fromEntries(runs), missing: [...agents] };
}

/**
 * Each agent's run id, by reading: one that this cause has already, because somebody deleted the delivery, is the run of it
 * still.
 */
export async function freeRuns(
  ports: Ports,
  agents: readonly string[],
  causeOf: CauseOf,
): Promise<StartedRuns> {
  const found = await Promise.all(
    agents.map(async (agent) => ({ agent, ...(await chooseRunId(ports, agent, causeOf(agent))) })),
  );
  return {
    runs: Object.fromEntries(found.map(({ agent, id }) => [agent, id])),
    missing: found.filter(({ isTaken }) => !isTaken).map(({ agent }) => agent),
  };
}

/** What the runs of one delivery have in common. */
export interface Asked {
  /** Id of the delivery document. */
  delivery: string;
  context: WebhookContext;
  trigger: OriginTrigger;
  causeOf: CauseOf;
  why: string;
  /** The request that asks, where whoever sent it traces. */
  asker?: TracePlace | undefined;
  /** Ms since the epoch. */
  now: number;
}

/** The writes that admit the runs that are missing. */
export function admissions(
  settings: Settings,
  { id: release, release: project }: Published,
  { runs, missing }: StartedRuns,
  { delivery, context, trigger, causeOf, why, asker, now }: Asked,
): Write[] {
  const told = { ...context, receiptId: delivery };
  return missing.map((name) => {
    const agent = project.agents[name];
    const id = runs[name];
    if (!agent || id === undefined)
      throw new Error(`${name} matched and is no agent of ${release}`);
    return admission(settings, {
      id,
      agent: name,
      cause: causeOf(name),
      release,
      configuration: configurationOf(agent, project),
      context: told,
      concurrencyKey: concurrencyKeyOf(agent, told),
      trigger,
      asker,
      why,
      now,
    });
  });
}
