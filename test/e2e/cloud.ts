import type { functionNames } from '../../infra/resources.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import type { Ports } from '../../shared/ports/index.ts';

/** The local cloud of a start with this port, seen through Google's own clients. */
export function cloudOf(port: number): Ports {
  const url = `http://127.0.0.1:${port}`;
  const target = (name: (typeof functionNames)[number]) => ({ queue: name, url: `${url}/${name}` });
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  return cloudPorts(
    {
      project: 'drover-local',
      region: 'local',
      endpoint: `127.0.0.1:${port + 2}`,
      targets: { dispatch: target('dispatch'), poll: target('poll') },
      tasksServiceAccount: 'nobody',
    },
    quiet,
  );
}
