import { commands } from '../../infra/cli/commands/index.ts';
import { runCli } from '../../infra/cli/run-cli.ts';
import { directoryWith } from '../../infra/cli/test-project.ts';
import { type TestWorld, testShell } from '../../infra/cli/test-shell.ts';
import { type Control, controlOf, keys } from '../control.ts';
import type { World } from '../world.ts';

/** Where a test's control API is said to be. */
export const base = 'https://control.test';

/** What a command line printed, and how it ended. */
export interface Steered {
  exitCode: number;
  out: string;
  err: string;
  /** The last line of standard output as JSON: what `--json` came to. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where there is something else.
  json(): any;
}

/** Gives a command line with the address and the key of a test's control API. */
export type Steer = (
  args: readonly string[],
  world?: TestWorld & { key?: string },
) => Promise<Steered>;

/** Command lines against anything that answers. */
export function steerAt(fetch: typeof globalThis.fetch): Steer {
  return async (args, { key = keys.operator, ...world } = {}) => {
    const environment = {
      DROVER_CONTROL_URL: base,
      DROVER_CONTROL_KEY: key,
      ...world.environment,
    };
    const shell = testShell({ directory: directoryWith({}), fetch, ...world, environment });
    const { exitCode } = await runCli(args, shell, commands, '1');
    const out = shell.shown('out');
    return {
      exitCode,
      out,
      err: shell.shown('err'),
      json: () => JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''),
    };
  };
}

/** Command lines against the control function of a world. */
export async function steerIn(world: World): Promise<{ steer: Steer; control: Control }> {
  const control = await controlOf(world);
  const steer = steerAt(async (input, init) => {
    const request = new Request(input, init);
    const { method, url, headers } = request;
    const { authorization, ...others } = Object.fromEntries(headers);
    const text = await request.text();
    const answer = await control.fetch(method, url.slice(base.length), {
      key: authorization?.replace(/^Bearer /, '') ?? null,
      headers: others,
      ...(text === '' ? {} : { body: JSON.parse(text) }),
    });
    // An answer knows its address only where it came over a wire.
    Object.defineProperty(answer, 'url', { value: url });
    return answer;
  });
  return { steer: (args, own) => steer(args, { now: world.ports.clock.now(), ...own }), control };
}
