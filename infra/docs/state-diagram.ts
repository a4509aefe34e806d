import { transitions } from '../../shared/runs/states.ts';

/** A run's life as a Mermaid diagram: an arrow for each event that the state table allows. */
export function stateDiagram(): string {
  const arrows = Object.entries(transitions).flatMap(([state, events]) =>
    Object.entries(events).map(([event, next]) => `  ${state} --> ${next}: ${event}`),
  );
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> queued', ...arrows, '```'].join('\n');
}
