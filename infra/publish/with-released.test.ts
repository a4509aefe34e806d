import { describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/cloud/clock.ts';
import { systemRandom } from '../../shared/cloud/random.ts';
import { CloudError, type Documents } from '../../shared/ports/index.ts';
import type { Agent } from '../../shared/projects/project.ts';
import { publish } from '../../shared/projects/publish.ts';
import { projectOf } from '../../test/project.ts';
import type { Deployment } from '../deployment/resource.ts';
import { GoogleRefusal } from '../gcloud/google.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createFirestoreEngine } from '../local/engines/firestore/index.ts';
import { inProcessDocuments } from '../local/in-process/documents.ts';
import { withReleased } from './with-released.ts';

const deployment: Deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '1',
  agents: [{ agent: 'scout', homeSecrets: ['drover-cred-new-default'] }],
  operators: [],
  viewers: [],
};

function firestore(): Documents {
  const engine = { now: Date.now, random: Math.random, store: memoryStore() };
  return inProcessDocuments(createFirestoreEngine(engine, { project: deployment.project }));
}

const refusing = (error: CloudError): Pick<Documents, 'get'> => ({
  get: () => Promise.reject(error),
});

describe('the identities that somebody needs', () => {
  it('are those of the files and of the current release, each with all that it may read', async () => {
    const documents = firestore();
    const direct: Partial<Agent> = {
      credentials: ['github_token'],
      credentialsDelivery: 'direct',
    };
    await publish(
      { documents, clock: systemClock, random: systemRandom },
      projectOf({ scout: direct, veteran: direct, courier: {} }),
    );
    const { deployment: needed, isWhole } = await withReleased(documents, deployment);
    const released = 'drover-cred-github_token-default';
    expect(isWhole).toBe(true);
    expect(needed.agents).toEqual([
      { agent: 'scout', homeSecrets: ['drover-cred-new-default', released] },
      { agent: 'veteran', homeSecrets: [released] },
      { agent: 'courier', homeSecrets: [] },
    ]);
  });

  it('are those of the files where nothing is published, or there is no database yet', async () => {
    const whole = { deployment, isWhole: true };
    expect(await withReleased(firestore(), deployment)).toEqual(whole);
    const service = 'firestore.googleapis.com';
    const cause = new GoogleRefusal('permission_denied', 'off', { command: 'x', service });
    const off = new CloudError('permission_denied', 'off', { cause });
    for (const error of [new CloudError('not_found', 'no database'), off]) {
      expect(await withReleased(refusing(error), deployment)).toEqual(whole);
    }
  });

  it('are not all known where the release cannot be read, by this Drover or by this account', async () => {
    const documents = firestore();
    const data = { release: 'newer' };
    await documents.commit([
      { op: 'create', path: 'project/current', data },
      { op: 'create', path: 'releases/newer', data: { format: 99, agents: {} } },
    ]);
    expect((await withReleased(documents, deployment)).isWhole).toBe(false);
    const refused = refusing(new CloudError('permission_denied', 'no'));
    expect((await withReleased(refused, deployment)).isWhole).toBe(false);
  });
});
