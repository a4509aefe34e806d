import { occasion } from '../../shared/deliveries/delivery.ts';
import type { AgentExplanation, TriggerExplanation } from '../../shared/deliveries/explain.ts';
import type { RequestExplanation, Signature } from '../../shared/deliveries/explain-request.ts';
import { cut } from '../../shared/json.ts';

/** What there is to say of the signature of a request that nobody sent. */
const signatures: { readonly [signature in Signature]: string } = {
  right: 'right',
  wrong: 'WRONG: it would be refused',
  missing: 'MISSING: it would be refused',
  unneeded: 'none, and its source takes it without',
  unchecked: 'there is one; not checked without --secret-file',
};

/** Longest value of the event that is shown, in UTF-16 units. */
const longestValue = 100;

/** What a terminal acts on instead of showing it: somebody's issue must not tell it what to do. */
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** An explanation as lines for a reader. */
export function report(explanation: RequestExplanation): string[] {
  return linesOf(explanation).map((line) => line.replace(control, ' '));
}

function linesOf(explanation: RequestExplanation): string[] {
  if (explanation.kind === 'refused') return [`Refused: ${explanation.why}.`];
  const { sources, signature } = explanation;
  const about = [`  source: ${sources.join(', ')}`, `  signature: ${signatures[signature]}`];
  if (explanation.kind === 'ping') {
    return ['A test of the connection: answered, and nothing else.', ...about];
  }
  const { context, deliveryId, agents } = explanation;
  const fields = Object.entries(context).map(
    ([field, value]) => `    ${field}: ${shown(Array.isArray(value) ? value.join(', ') : value)}`,
  );
  return [
    occasion(context),
    ...about,
    `  delivery: ${deliveryId === null ? 'without an id; known by its bytes' : shown(deliveryId)}`,
    '  agents are told:',
    ...fields,
    '',
    ...Object.entries(agents).flatMap(([name, agent]) => [...agentLines(name, agent), '']),
  ];
}

function agentLines(
  name: string,
  { matches, why, triggers, run }: AgentExplanation & { run: string | null },
): string[] {
  const started = run === null ? 'would start' : `would start as ${run}`;
  return [
    `${name}: ${matches ? started : 'would not start'}`,
    ...(why === null ? [] : [`  ${why}`]),
    ...triggers.flatMap((trigger, index) => triggerLines(trigger, index + 1)),
  ];
}

function triggerLines(
  { source, matches, why, filters }: TriggerExplanation,
  number: number,
): string[] {
  const title = `  trigger ${number} on ${source}: ${matches ? 'matches' : 'does not match'}`;
  if (why !== null) return [title, `    no  ${why}`];
  if (filters.length === 0) return [title, '    ok  no filter: every event of the source'];
  return [title, ...filters.map((filter) => `    ${filter.passes ? 'ok' : 'no'}  ${filter.why}`)];
}

function shown(value: string | number | undefined): string {
  return cut(String(value), longestValue);
}
