/** What a coding agent prints when it works and when it does not, in its own format, and what should be made of that. */
export interface Example {
  /** Provider of the models that it is chosen for, and the variable that has its key. */
  provider: string;
  key: string;
  arguments: string[];
  /** Where its instructions are, below the home. */
  instructions: string;
  /** Says "Looking.", runs `echo hi`, which fails with "exit code 3", says "All done.". */
  works: object[];
  usage: { [number: string]: number };
  isLimited: object[];
  isRefused: object[];
  /** Exit code of one that could not go on. */
  limitedCode: number;
}

const usage = (
  inputTokens: number,
  outputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  cost: number,
  turnCount: number,
) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  cost,
  turnCount,
  totalTokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
});

const claudeUsage = {
  input_tokens: 10,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 7,
  output_tokens: 1,
};
const claudeSays = (id: string, content: object) => ({
  type: 'assistant',
  message: { id, role: 'assistant', content: [content], usage: claudeUsage },
});
const claudeFails = (status: number, result: string) => [
  { type: 'system', subtype: 'api_retry', attempt: 1, error_status: status, error: 'some' },
  {
    type: 'result',
    subtype: 'success',
    is_error: true,
    api_error_status: status,
    num_turns: 1,
    result,
    total_cost_usd: 0,
  },
];

const piUsage = {
  input: 60,
  output: 10,
  cacheRead: 40,
  cacheWrite: 0,
  totalTokens: 110,
  cost: { input: 0, output: 0, total: 0.25 },
};
const piSays = (message: object) => [
  { type: 'message_start', message: { role: 'assistant', content: [] } },
  {
    type: 'message_end',
    message: { role: 'assistant', usage: piUsage, stopReason: 'stop', ...message },
  },
];
const piFails = (errorMessage: string) => [
  ...piSays({ content: [], usage: {}, stopReason: 'error', errorMessage }),
  { type: 'agent_end', messages: [] },
];

const geminiFails = (message: string) => [
  { type: 'init', session_id: 's', model: 'm' },
  { type: 'error', severity: 'error', message },
  {
    type: 'result',
    status: 'error',
    error: { type: 'ApiError', message },
    stats: { total_tokens: 0 },
  },
];

const codexFails = (message: string) => [
  { type: 'thread.started', thread_id: 't' },
  { type: 'turn.started' },
  { type: 'error', message: 'stream disconnected; retrying 1/5' },
  { type: 'error', message },
  { type: 'turn.failed', error: { message } },
];

export const agents: { [name: string]: Example } = {
  claude: {
    provider: 'anthropic',
    key: 'ANTHROPIC_API_KEY',
    arguments: ['-p', 'stream-json', '--append-system-prompt-file'],
    instructions: '.drover/skill.md',
    works: [
      { type: 'system', subtype: 'init', model: 'm-1', tools: ['Bash'] },
      claudeSays('m1', { type: 'text', text: 'Looking.' }),
      claudeSays('m1', { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'echo hi' } }),
      {
        type: 'user',
        message: {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', is_error: true, content: 'exit code 3' },
          ],
        },
      },
      claudeSays('m2', { type: 'text', text: 'All done.' }),
      {
        type: 'result',
        subtype: 'success',
        is_error: false,
        num_turns: 2,
        result: 'All done.',
        total_cost_usd: 0.125,
        usage: {
          input_tokens: 20,
          cache_creation_input_tokens: 10,
          cache_read_input_tokens: 14,
          output_tokens: 50,
        },
      },
    ],
    usage: usage(20, 50, 14, 10, 0.125, 2),
    isLimited: claudeFails(429, 'API Error: Request rejected (429) · slow down'),
    isRefused: claudeFails(401, 'Invalid API key · Fix external API key'),
    limitedCode: 1,
  },
  gemini: {
    provider: 'google',
    key: 'GEMINI_API_KEY',
    arguments: ['stream-json', 'yolo'],
    instructions: '.gemini/GEMINI.md',
    works: [
      { type: 'init', session_id: 's', model: 'm-1' },
      { type: 'message', role: 'user', content: 'do "this"' },
      { type: 'message', role: 'assistant', content: 'Look', delta: true },
      { type: 'message', role: 'assistant', content: 'ing.', delta: true },
      {
        type: 'tool_use',
        tool_name: 'run_shell_command',
        tool_id: 't1',
        parameters: { command: 'echo hi' },
      },
      {
        type: 'tool_result',
        tool_id: 't1',
        status: 'error',
        error: { type: 'x', message: 'exit code 3' },
      },
      { type: 'message', role: 'assistant', content: 'All done.', delta: true },
      {
        type: 'result',
        status: 'success',
        stats: {
          total_tokens: 220,
          input_tokens: 200,
          output_tokens: 20,
          cached: 80,
          input: 120,
          tool_calls: 1,
          models: {},
        },
      },
    ],
    usage: usage(120, 20, 80, 0, 0, 2),
    isLimited: geminiFails('got status: 429 RESOURCE_EXHAUSTED'),
    isRefused: geminiFails('API key not valid. Please pass a valid API key.'),
    limitedCode: 1,
  },
  codex: {
    provider: 'openai',
    key: 'CODEX_API_KEY',
    arguments: ['exec', '--json', '-'],
    instructions: '.codex/AGENTS.md',
    works: [
      { type: 'thread.started', thread_id: 't' },
      { type: 'turn.started' },
      { type: 'error', message: 'stream disconnected: 429; retrying 1/5' },
      { type: 'item.completed', item: { id: 'i0', type: 'agent_message', text: 'Looking.' } },
      {
        type: 'item.started',
        item: { id: 'i1', type: 'command_execution', command: 'echo hi', status: 'in_progress' },
      },
      {
        type: 'item.completed',
        item: {
          id: 'i1',
          type: 'command_execution',
          command: 'echo hi',
          aggregated_output: 'exit code 3',
          exit_code: 3,
          status: 'failed',
        },
      },
      { type: 'item.completed', item: { id: 'i2', type: 'agent_message', text: 'All done.' } },
      {
        type: 'turn.completed',
        usage: { input_tokens: 200, cached_input_tokens: 80, output_tokens: 20 },
      },
    ],
    usage: usage(120, 20, 80, 0, 0, 1),
    isLimited: codexFails('exceeded retry limit, last status: 429 Too Many Requests'),
    isRefused: codexFails('unexpected status 401 Unauthorized: invalid key'),
    limitedCode: 1,
  },
  pi: {
    provider: 'openrouter',
    key: 'OPENROUTER_API_KEY',
    arguments: ['--mode', 'json', '--no-session', 'openrouter'],
    instructions: '.drover/skill.md',
    works: [
      { type: 'session', version: 3, id: 's', cwd: '/tmp' },
      { type: 'agent_start' },
      ...piSays({
        content: [
          { type: 'text', text: 'Looking.' },
          { type: 'toolCall', id: 't1', name: 'bash', arguments: {} },
        ],
      }),
      {
        type: 'tool_execution_start',
        toolCallId: 't1',
        toolName: 'bash',
        args: { command: 'echo hi' },
      },
      {
        type: 'tool_execution_end',
        toolCallId: 't1',
        toolName: 'bash',
        isError: true,
        result: { content: [{ type: 'text', text: 'exit code 3' }] },
      },
      { type: 'turn_end', message: {}, toolResults: [] },
      ...piSays({ content: [{ type: 'text', text: 'All done.' }] }),
      { type: 'turn_end', message: {}, toolResults: [] },
      { type: 'agent_end', messages: [] },
    ],
    usage: usage(120, 20, 80, 0, 0.5, 2),
    isLimited: piFails('429 slow down'),
    isRefused: piFails('401 invalid x-api-key'),
    // It says so in its events alone.
    limitedCode: 0,
  },
};
