/** The blocks of a prompt, in their order (agent contract); the last three hold what came from outside. */
export const blockNames = [
  'agent-config',
  'credential-context',
  'environment',
  'skill-lock',
  'skill-subagent',
  'user-prompt',
  'agent-call',
  'webhook-trigger',
] as const;

export type BlockName = (typeof blockNames)[number];

/** The bracket that begins a tag of any of them, also where something stands before its name; within JSON that is escaped. */
const bracket = new RegExp(
  `<(?=(?:[\\s/]|\\\\[bfnrt]|\\\\u[0-9a-f]{4})*(?:${blockNames.join('|')})\\b)`,
  'gi',
);

export function block(name: BlockName, ...lines: string[]): string {
  return [`<${name}>`, ...lines, `</${name}>`].join('\n');
}

/** A text that neither ends the block it stands in nor begins another. */
export function fenced(text: string): string {
  // A NUL would end a variable.
  return text.replaceAll(bracket, '&lt;').replaceAll('\0', '\ufffd');
}

/** The same for a value as JSON; who parses it gets the very value. */
export function fencedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(bracket, '\\u003c');
}
