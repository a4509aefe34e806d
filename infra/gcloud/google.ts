import type { Command } from '../deployment/kind.ts';

/** What is asked of Google: commands of gcloud, and calls of APIs that gcloud has no command for. */
export interface Google {
  /**
   * Runs `gcloud <args>` in the project. `files` are written to files of their own, whose paths are passed with the flags
   * that name them. Answers the parsed JSON that gcloud printed; undefined when it printed nothing.
   *
   * @throws {@link GoogleRefusal}
   */
  gcloud(
    args: readonly string[],
    options?: { files?: { readonly [flag: string]: string } },
  ): Promise<unknown>;
  /**
   * Calls an API as the user that gcloud is signed in as. `url` is absolute. Answers the parsed JSON; undefined for an empty body.
   *
   * @throws {@link GoogleRefusal}
   */
  api(method: ApiMethod, url: string, body?: unknown): Promise<unknown>;
}

export type ApiMethod = Extract<Command, { tool: 'api' }>['method'];

/** Why Google, or gcloud, did not do what it was asked to. */
export type RefusalCode =
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'failed_precondition'
  | 'unauthenticated'
  | 'resource_exhausted'
  | 'invalid'
  | 'unavailable'
  | 'unknown';

/** What Google, or gcloud, said when it refused. */
export class GoogleRefusal extends Error {
  readonly code: RefusalCode;
  /** What was refused, as one would type it. */
  readonly command: string;
  /** The service that is not enabled in the project, where that is the reason: `run.googleapis.com`. */
  readonly service: string | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    { command, service }: { command: string; service?: string | undefined },
  ) {
    super(message);
    this.name = 'GoogleRefusal';
    this.code = code;
    this.command = command;
    this.service = service;
  }
}

/** There is no gcloud to run. */
export class GcloudMissing extends Error {
  constructor(program: string, cause: unknown) {
    super(`${program} could not be started`, { cause });
    this.name = 'GcloudMissing';
  }
}

/** Does what a command of a plan says. */
export function execute(google: Google, command: Command): Promise<unknown> {
  if (command.tool === 'api') return google.api(command.method, command.url, command.body);
  return google.gcloud(command.args, command.files ? { files: command.files } : {});
}

export function isRefusal(
  error: unknown,
  ...codes: readonly RefusalCode[]
): error is GoogleRefusal {
  return error instanceof GoogleRefusal && (codes.length === 0 || codes.includes(error.code));
}
