/** What a request is made of, beside its path. */
export interface RequestParts {
  /** Default: GET. */
  method?: string;
  headers?: { [name: string]: string };
  body?: string | Uint8Array;
}

/** What a function answered. */
export interface Reply {
  status: number;
  text: string;
  headers: { get(name: string): string | null };
}

/** The headers of a request. */
function headersOf(headers: { [name: string]: string }) {
  const values = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    get: (name: string) => values.get(name.toLowerCase()) ?? null,
    has: (name: string) => values.has(name.toLowerCase()),
    forEach: (each: (value: string, name: string) => void) => values.forEach(each),
    entries: () => values.entries(),
    [Symbol.iterator]: () => values.entries(),
  };
}

const nothing = new Uint8Array();

/**
 * A request as Hono reads one. Node's own costs three times as much to make and to read (35 µs beside 12 µs a request), and a
 * life has hundreds of them.
 */
export function requestTo(
  url: string,
  { method = 'GET', headers = {}, body }: RequestParts,
): Request {
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? nothing);
  const text = async (): Promise<string> => Buffer.from(bytes).toString();
  const request = {
    method,
    url,
    headers: headersOf(headers),
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
    text,
    json: async () => JSON.parse(await text()) as unknown,
  };
  return request as unknown as Request;
}
