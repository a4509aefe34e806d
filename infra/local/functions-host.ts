import { createServer, type Server } from 'node:http';
import { functionNames } from '../resources.ts';

/** The functions of this process, each at `/<function>` of one port. */
export interface FunctionsHost {
  close(): Promise<void>;
}

/**
 * Serves every function as Functions Framework serves it: its own server a function, behind one port. `process.env` must
 * hold the functions' variables. `/webhooks/…` goes to `webhook` as well, so that a webhook's path is the one of production.
 */
export async function hostFunctions(port: number): Promise<FunctionsHost> {
  await import('../../functions/index.ts');
  const { getTestServer } = await import('@google-cloud/functions-framework/testing');
  const servers = new Map<string, Server>(functionNames.map((name) => [name, getTestServer(name)]));

  const front = createServer((request, response) => {
    const [, first = ''] = (request.url ?? '/').split(/[/?]/, 2);
    const server = servers.get(first === 'webhooks' ? 'webhook' : first);
    if (!server) {
      response.statusCode = 404;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ error: `no function ${first}; there are ${functionNames.join(', ')}` }),
      );
      return;
    }
    if (first !== 'webhooks') {
      const rest = (request.url ?? '').slice(first.length + 1);
      request.url = rest.startsWith('/') ? rest : `/${rest}`;
    }
    server.emit('request', request, response);
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(port, '127.0.0.1', resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      }),
  };
}
