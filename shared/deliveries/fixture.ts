import type { WebhookRequest } from '../webhooks/provider.ts';

/** What is wrong with a fixture, as a sentence that says what is allowed. */
export interface WrongFixture {
  wrong: string;
}

const shape = 'a fixture is a JSON object {"headers": {…}, "body": {…} or "text"}';

/**
 * A request kept in a file, Action Llama's form: `{"headers": {…}, "body": …}`. A body that is an object stands for its JSON,
 * and one that is a text for its own bytes; only the latter can have the signature that it was sent with.
 */
export function readFixture(text: string): WebhookRequest | WrongFixture {
  let fixture: unknown;
  try {
    fixture = JSON.parse(text);
  } catch (error) {
    return { wrong: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isObject(fixture)) return { wrong: `${shape}, not ${kindOf(fixture)}` };
  const { body } = fixture;
  if (body === undefined) return { wrong: `${shape}; body is missing` };
  const others = Object.keys(fixture).filter((field) => field !== 'headers' && field !== 'body');
  // Notes beside a whole request do no harm; without headers they are more likely to be misspelt ones.
  if (fixture.headers === undefined && others.length > 0) {
    return { wrong: `${shape}; headers is missing, and ${others.join(', ')} is not known` };
  }
  const headers = headersOf(fixture.headers);
  if ('wrong' in headers) return headers;
  if (!isObject(body) && typeof body !== 'string') {
    return { wrong: `body is ${kindOf(body)}, not an object or a text` };
  }
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { headers: headers.headers, body: new Uint8Array(bytes) };
}

function headersOf(given: unknown): Pick<WebhookRequest, 'headers'> | WrongFixture {
  if (given === undefined) return { headers: {} };
  if (!isObject(given)) return { wrong: `headers is ${kindOf(given)}, not an object` };
  const headers: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') {
      return { wrong: `headers.${name} is ${kindOf(value)}, not a text` };
    }
    headers.push([name.toLowerCase(), value]);
  }
  return { headers: Object.fromEntries(headers) };
}

function isObject(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const kinds: { [type: string]: string } = { string: 'a text', object: 'an object' };
  return kinds[typeof value] ?? `a ${typeof value}`;
}
