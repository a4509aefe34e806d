import type { Ports } from '../ports/index.ts';
import type { Release } from '../projects/release.ts';
import { admission, type NewRun } from '../runs/admit.ts';
import { causeOf } from '../runs/names.ts';

/** Admits a run `<agent>-<name>` as whoever asks for one does, and wakes nobody. Answers with its id. */
export async function admit(
  ports: Pick<Ports, 'documents' | 'clock'>,
  agent: string,
  name: string | number,
  given: Partial<NewRun> = {},
): Promise<string> {
  const current = await ports.documents.get<{ release: string }>('project/current');
  const release = await ports.documents.get<Release>(`releases/${current?.data.release}`);
  const { credentials = [], timeout = 60 } = release?.data.agents[agent] ?? {};
  const id = `${agent}-${name}`;
  const run: NewRun = {
    id,
    agent,
    cause: causeOf('manual', id),
    release: release?.id ?? '',
    configuration: { credentials, timeout },
    context: null,
    trigger: { type: 'manual', by: 'somebody' },
    why: 'somebody asked for it',
    now: ports.clock.now(),
    ...given,
  };
  const settings = { project: 'drover-test', region: 'here', gatewayUrl: 'https://gateway.test' };
  await ports.documents.commit([admission(settings, run)]);
  return id;
}
