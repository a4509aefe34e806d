import { describe, expect, it } from 'vitest';
import type { Fn } from '../resource.ts';
import { functionKind as kind } from './function.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Fn = {
  kind: 'function',
  id: 'drover-tick',
  why: '',
  name: 'tick',
  runtime: 'nodejs24',
  entryPoint: 'tick',
  memory: '512Mi',
  cpu: '1',
  concurrency: 1,
  timeoutSeconds: 180,
  minInstances: 0,
  maxInstances: 2,
  ingress: 'internal-only',
  serviceAccount: 'drover-tick@a.test',
  builder: 'drover-builder@a.test',
  repository: 'drover',
  environment: { DROVER_REGION: 'europe-west1', DROVER_CONTROL_VIEWERS: '' },
  needs: [],
};
const found = {
  name: 'projects/acme-drover/locations/europe-west1/functions/drover-tick',
  environment: 'GEN_2',
  state: 'ACTIVE',
  labels: { drover: 'deployment', 'deployment-tool': 'cli-gcloud' },
  buildConfig: {
    runtime: 'nodejs24',
    entryPoint: 'tick',
    serviceAccount: 'projects/acme-drover/serviceAccounts/drover-builder@a.test',
    dockerRepository: 'projects/123456789012/locations/europe-west1/repositories/drover',
  },
  serviceConfig: {
    availableMemory: '512M',
    availableCpu: '1',
    maxInstanceRequestConcurrency: 1,
    maxInstanceCount: 2,
    timeoutSeconds: 180,
    ingressSettings: 'ALLOW_INTERNAL_ONLY',
    serviceAccountEmail: 'drover-tick@a.test',
    environmentVariables: {
      DROVER_REGION: 'europe-west1',
      LOG_EXECUTION_ID: 'true',
      DROVER_VERSION: 'a1',
    },
    allTrafficOnLatestRevision: true,
  },
};
const set = (serviceConfig: object) => ({
  ...found,
  serviceConfig: { ...found.serviceConfig, ...serviceConfig },
});

describe('a function', () => {
  it('is as it should be right after it was deployed, whatever code it has', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
  });

  it('with a larger memory in other units is not', () => {
    expect(told(kind.compare(deployment, wanted, set({ availableMemory: '1Gi' })))).toEqual([
      'memoryMi: 1024 > 512',
    ]);
    expect(
      kind.compare(deployment, { ...wanted, memory: '1Gi' }, set({ availableMemory: '1024Mi' })),
    ).toEqual([]);
    expect(kind.compare(deployment, wanted, set({ availableCpu: '1000m' }))).toEqual([]);
  });

  it('with a variable too many, or of another value, is not', () => {
    const environmentVariables = { DROVER_REGION: 'us-east1', DEBUG: '1' };
    expect(told(kind.compare(deployment, wanted, set({ environmentVariables })))).toEqual([
      'DROVER_REGION: us-east1 > europe-west1',
      'DEBUG: 1 > ',
    ]);
  });

  it('that is reachable from outside, or whose deployment failed, is not', () => {
    expect(told(kind.compare(deployment, wanted, set({ ingressSettings: 'ALLOW_ALL' })))).toEqual([
      'ingress: ALLOW_ALL > ALLOW_INTERNAL_ONLY',
    ]);
    expect(told(kind.compare(deployment, wanted, { ...found, state: 'FAILED' }))).toEqual([
      'state: FAILED > ACTIVE',
    ]);
  });

  it('is closed by its deployment only when nobody may call it: who may is bound elsewhere', () => {
    const [internal] = kind.create(deployment, wanted);
    const [open] = kind.create(deployment, { ...wanted, ingress: 'all' });
    expect(internal && typed(internal)).toContain(' --no-allow-unauthenticated ');
    expect(open && typed(open)).not.toContain('allow-unauthenticated');
  });

  it('has its variables from a file, in which a value may have a comma', () => {
    const [command] = kind.create(deployment, wanted);
    expect(command).toMatchObject({
      files: { '--env-vars-file': JSON.stringify(wanted.environment, null, 2) },
    });
  });

  it('of the first generation is made anew', () => {
    expect(kind.update(deployment, wanted, { ...found, environment: 'GEN_1' })).toBeUndefined();
  });
});
