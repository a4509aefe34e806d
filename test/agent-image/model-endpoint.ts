import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in for the providers of models. */
export interface ModelEndpoint {
  url: string;
  /** Bodies of what it was asked, in order. */
  asked: string[];
  close(): Promise<void>;
}

const command = 'test "$SHUTDOWN_SECRET" = whole && al-return made; exit 3';
const hasResult = /tool_result|functionResponse|function_call_output|"role":"tool"/;

/** What the provider with this path streams: first a call of the shell, and a last word once it has the result of that. */
function eventsFor(path: string, body: string): (object | '[DONE]')[] {
  const isOver = hasResult.test(body);
  if (path.includes('/messages')) return messages(isOver, body.includes('"name":"Bash"'));
  if (path.includes('GenerateContent')) return [content(isOver)];
  if (path.includes('/responses')) return responses(isOver);
  return completions(isOver);
}

function messages(isOver: boolean, isUpperCase: boolean): object[] {
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 7,
    output_tokens: 1,
  };
  const [block, delta] = isOver
    ? [
        { type: 'text', text: '' },
        { type: 'text_delta', text: 'All done.' },
      ]
    : [
        { type: 'tool_use', id: 't1', name: isUpperCase ? 'Bash' : 'bash', input: {} },
        { type: 'input_json_delta', partial_json: JSON.stringify({ command, description: 'x' }) },
      ];
  return [
    {
      type: 'message_start',
      message: {
        id: `m${isOver}`,
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        usage,
      },
    },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: isOver ? 'end_turn' : 'tool_use' },
      usage: { output_tokens: 20 },
    },
    { type: 'message_stop' },
  ];
}

function content(isOver: boolean): object {
  const part = isOver
    ? { text: 'All done.' }
    : { functionCall: { name: 'run_shell_command', args: { command } } };
  return {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 17,
      cachedContentTokenCount: 7,
      candidatesTokenCount: 20,
      totalTokenCount: 37,
    },
  };
}

function responses(isOver: boolean): object[] {
  const item = isOver
    ? {
        type: 'message',
        id: 'm',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'All done.' }],
      }
    : {
        type: 'function_call',
        id: 'f',
        call_id: 'c',
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: command }),
      };
  const usage = {
    input_tokens: 17,
    input_tokens_details: { cached_tokens: 7 },
    output_tokens: 20,
    total_tokens: 37,
  };
  return [
    { type: 'response.created', response: { id: 'r' } },
    { type: 'response.output_item.done', item },
    { type: 'response.completed', response: { id: 'r', usage } },
  ];
}

function completions(isOver: boolean): (object | '[DONE]')[] {
  const delta = isOver
    ? { role: 'assistant', content: 'All done.' }
    : {
        role: 'assistant',
        tool_calls: [
          {
            index: 0,
            id: 't',
            type: 'function',
            function: { name: 'bash', arguments: JSON.stringify({ command }) },
          },
        ],
      };
  const usage = {
    prompt_tokens: 17,
    completion_tokens: 20,
    total_tokens: 37,
    prompt_tokens_details: { cached_tokens: 7 },
  };
  const chunk = { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm' };
  return [
    { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] },
    {
      ...chunk,
      choices: [{ index: 0, delta: {}, finish_reason: isOver ? 'stop' : 'tool_calls' }],
      usage,
    },
    '[DONE]',
  ];
}

export async function startModelEndpoint(): Promise<ModelEndpoint> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      asked.push(body);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of eventsFor(request.url ?? '', body)) {
        // Some of the clients go by the name of an event, in the interfaces that have one.
        const name =
          typeof event === 'object' && 'type' in event ? `event: ${String(event.type)}\n` : '';
        response.write(`${name}data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`);
      }
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
