import { keepCredential } from '../../shared/credentials/home.ts';
import { projectOf } from '../project.ts';
import { createWorld } from '../world.ts';
import { put, type Store } from './store.ts';

/** What ten runs leave besides jobs and secrets. */
export interface Left {
  /** Collections at the root of the database. */
  collections: string[];
  /** Jobs and secrets that were put into the project. */
  jobs: string[];
  secrets: string[];
}

/**
 * Has ten runs of two agents in a world of their own: some over, some in flight, some queued, one killed by a person. Puts what they have
 * at Google into a project, as Google would list it, and beside it a job and a secret that are nobody's of ours.
 *
 * @param project Id of the project.
 */
export async function leaveTenRuns(store: Store, project: string): Promise<Left> {
  // What is published is written beside the ports.
  const collections = new Set(['project', 'releases']);
  const agent = { scale: 2, credentials: ['github_token:default'] };
  const world = await createWorld({
    project: projectOf({ triage: agent, mender: agent }),
    wrap: (ports) => ({
      ...ports,
      documents: {
        ...ports.documents,
        commit: (writes, tellTime) => {
          for (const { path } of writes) collections.add(path.split('/')[0] ?? '');
          return ports.documents.commit(writes, tellTime);
        },
      },
    }),
  });
  const { ports } = world;
  const reference = { type: 'github_token', instance: 'default' };
  await keepCredential(ports, reference, { token: Buffer.from('ghp') });
  const admitted: string[] = [];
  for (let number = 1; number <= 5; number += 1) {
    const runs = Object.values(await world.deliver(`delivery-${number}`));
    admitted.push(...runs);
    await world.settle();
    // Of the first two deliveries, each run ends, well or not.
    if (number <= 2) for (const run of runs) await world.exit(run, { exitCode: number - 1 });
  }
  const [last = ''] = admitted.slice(-1);
  const killed = await world.request('control', `/v1/runs/${last}/kill`, {
    method: 'POST',
    headers: { ...world.credentials.operator, 'content-type': 'application/json' },
    body: '{}',
  });
  if (killed.status >= 300) throw new Error(killed.text);
  await world.settle();
  const states = new Set((await world.runs()).map(({ state }) => state));
  if (admitted.length !== 10 || states.size < 4) throw new Error(`runs are ${[...states]}`);

  const [jobs, secrets] = await Promise.all([ports.jobs.list({}), ports.secrets.list({})]);
  const foreign = { id: 'of-another', labels: {} };
  for (const { id, labels } of [...jobs, foreign]) {
    const name = `namespaces/${project}/jobs/${id}`;
    const metadata = { name: id, namespace: project, labels };
    put(store, 'run', name, { apiVersion: 'run.googleapis.com/v1', kind: 'Job', metadata });
  }
  for (const { id, labels } of [...secrets, foreign]) {
    const name = `projects/${project}/secrets/${id}`;
    put(store, 'secretmanager', name, { name, labels });
  }
  return {
    collections: [...collections].sort(),
    jobs: jobs.map(({ id }) => id),
    secrets: secrets.map(({ id }) => id),
  };
}
