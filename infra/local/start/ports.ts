import { createServer } from 'node:net';

/** Why this machine does not let us listen on one of `ports`, as a sentence; undefined when it does. */
export async function portProblem(ports: readonly number[]): Promise<string | undefined> {
  for (const port of ports) {
    const code = await refusal(port);
    if (code === 'EADDRINUSE') {
      return `port ${port} is in use. Stop what listens there (another npm start?), or choose other ports with --port: it takes the one named and the two after it.`;
    }
    if (code !== undefined) {
      return `port ${port} cannot be listened on (${code}). Choose other ports with --port.`;
    }
  }
  return undefined;
}

function refusal(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(undefined)));
  });
}
