import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, runScript } from '../agent-image/run-script.ts';
import type { Shell } from '../agent-image/shells.ts';
import type { TestDrover } from '../drover.ts';

/** A helper command as a container calls it. */
export interface Command {
  name: string;
  args?: readonly string[];
  stdin?: string;
  /** The run's secret. Default: none. */
  secret?: string;
  /** In the place of the gateway's own address. */
  url?: string;
}

/** How a helper ended that had nothing to complain of on its error stream. */
export const ran = (code: number, stdout: string): Ran => ({ code, stdout, stderr: '' });

/** The real helper commands, against the real gateway. */
export function helperCommands(drover: () => TestDrover) {
  const directory = mkdtempSync(join(tmpdir(), 'drover-commands-'));
  return {
    run: (shell: Shell, command: Command): Promise<Ran> =>
      runScript(shell, `bin/${command.name}`, {
        args: command.args ?? [],
        stdin: command.stdin ?? '',
        env: {
          GATEWAY_URL: command.url ?? `${drover().base}/gateway`,
          SHUTDOWN_SECRET: command.secret ?? '',
          AL_SIGNAL_DIR: join(directory, 'signals'),
          AL_ENV_FILE: join(directory, 'env.sh'),
          AL_RETRY_SECONDS: '0 0',
          AL_POLL_SECONDS: '0',
        },
      }),
    /** What a helper has left in a signal file. */
    signalled: (name: string): string => readFileSync(join(directory, 'signals', name), 'utf8'),
    remove: (): void => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Hands requests on to the gateway, which acts on them, and hangs up before the first answer. */
export async function losingAnswers(target: string) {
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as { [name: string]: string },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    count += 1;
    if (count === 1) response.destroy();
    else response.writeHead(answer.status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** Requests so far. */
    count: (): number => count,
    close: (): Promise<unknown> => new Promise((resolve) => server.close(resolve)),
  };
}
