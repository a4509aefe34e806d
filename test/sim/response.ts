const Native = globalThis.Response;
type Body = NonNullable<ConstructorParameters<typeof Response>[0]>;

/**
 * An answer as Hono makes one, without a stream for a body that is there already. In production `@hono/node-server` puts such a
 * class in the place of Node's; its own hands its body to a socket only.
 */
class LightResponse {
  readonly status: number;
  readonly #body: Body | null;
  readonly #init: ResponseInit;
  #headers: Headers | undefined;
  #native: Response | undefined;

  constructor(body: Body | null = null, init: ResponseInit = {}) {
    this.#body = body;
    this.#init = init;
    this.status = init.status ?? 200;
  }
  get headers(): Headers {
    this.#headers ??= new Headers(this.#init.headers);
    return this.#headers;
  }
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }
  get body(): Response['body'] {
    return this.#whole().body;
  }
  get bodyUsed(): boolean {
    return this.#native?.bodyUsed ?? false;
  }
  async text(): Promise<string> {
    if (this.#body === null) return '';
    return typeof this.#body === 'string' ? this.#body : this.#whole().text();
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#whole().arrayBuffer();
  }
  static json(value: unknown, init: ResponseInit = {}): LightResponse {
    const headers = { 'content-type': 'application/json' };
    return new LightResponse(JSON.stringify(value), { headers, ...init });
  }
  #whole(): Response {
    this.#native ??= new Native(this.#body, this.#init);
    return this.#native;
  }
}

/** Has Hono make its answers so from now on, in all of this thread. */
export function lightenResponses(): void {
  globalThis.Response = LightResponse as unknown as typeof Response;
}
