import { agentConfig, longestVariable } from '../projects/agent-config.ts';
import type { Settings } from '../settings.ts';
import { promptOf, type Told } from './prompt.ts';
import type { Run } from './run.ts';
import { traceparent } from './trace.ts';
import { originOf } from './trigger.ts';

/** What a run's container needs to know. */
export interface Equipped extends Told {
  run: Pick<Run, 'agent' | 'trigger' | 'context' | 'trace'>;
}

/**
 * The variables of a run's container that are no secret: the agent's own, and the agent contract's, whose names are taken. What
 * a variable cannot hold is left out whole, never cut: `DROVER_FETCH` says that the gateway has it (`GET /run`).
 */
export function environment(settings: Settings, equipped: Equipped): { [name: string]: string } {
  const { runId, run, agent } = equipped;
  const told = { PROMPT: promptOf(equipped), AGENT_CONFIG: agentConfig(run.agent, agent) };
  const fitting = Object.entries(told).filter(
    ([, value]) => Buffer.byteLength(value) <= longestVariable,
  );
  const isWhole = fitting.length === Object.keys(told).length;
  const origin = originOf(run.trigger);
  const callId = origin.type === 'call' ? origin.call : null;
  const trace = traceparent(run.trace, runId);
  return {
    ...agent.env,
    GATEWAY_URL: settings.gatewayUrl.replace(/\/+$/, ''),
    ...Object.fromEntries(fitting),
    ...(isWhole ? {} : { DROVER_FETCH: '1' }),
    TIMEOUT_SECONDS: String(agent.timeout),
    AL_RUN_ID: runId,
    AL_AGENT: run.agent,
    ...(callId === null ? {} : { AL_CALL_ID: callId }),
    traceparent: trace,
    TRACEPARENT: trace,
  };
}
