/** Parsed JSON of an object. */
export type Fields = { [field: string]: unknown };

/** A request to one of Google's APIs, as it arrived. */
export interface Asked {
  /** The API's name: `cloudtasks`. */
  api: string;
  method: string;
  /** After the version: `projects/p/locations/r/queues/q`. */
  path: string;
  /** What stands after a colon at the end of the path: `setIamPolicy`. */
  verb: string | undefined;
  query: URLSearchParams;
  body: Fields;
}

export interface Answer {
  status: number;
  body: Fields;
}

/** Google's canonical codes and the HTTP statuses that go with them (`google/rpc/code.proto`). */
const statuses = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
} as const;

export type Status = keyof typeof statuses;

/** A refusal, as Google's APIs write one. */
export class Refused extends Error {
  readonly status: Status;
  readonly details: readonly Fields[];

  constructor(status: Status, message: string, details: readonly Fields[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  get answer(): Answer {
    const { status, message, details } = this;
    const code = statuses[status];
    return {
      status: code,
      body: { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } },
    };
  }
}

/** The field of an object, as an object itself; empty where there is none. */
export function fieldsAt(value: unknown, name: string): Fields {
  const found = (value as Fields | null | undefined)?.[name];
  return typeof found === 'object' && found !== null ? (found as Fields) : {};
}

export function textAt(value: unknown, name: string): string {
  const found = (value as Fields | null | undefined)?.[name];
  return typeof found === 'string' ? found : '';
}
