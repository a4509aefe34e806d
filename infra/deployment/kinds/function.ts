import { lastOf } from '../../last-of.ts';
import type { Command, FoundResource, Kind } from '../kind.ts';
import { deploymentLabels, labelsFlag } from '../labels.ts';
import type { Deployment, Fn } from '../resource.ts';
import { versionVariable } from '../version.ts';
import {
  byLastName,
  differences,
  gcloud,
  isLabelled,
  isWanted,
  rowsOf,
  textAt,
  valueAt,
} from './found.ts';
import { functionBlock } from './function-terraform.ts';

/** What Cloud Functions calls the two ways in. */
export const ingressSettings: { readonly [ingress in Fn['ingress']]: string } = {
  all: 'ALLOW_ALL',
  'internal-only': 'ALLOW_INTERNAL_ONLY',
};

/** Variables that Cloud Functions, or a deployment, sets beside those that the list has. */
const otherVariables: readonly string[] = ['LOG_EXECUTION_ID', versionVariable];

/** Cloud Functions. What they run is deployed from the current directory; only how they run is compared. */
export const functionKind: Kind<Fn> = {
  carriesLabel: true,
  list: ({ region }) => [gcloud(['functions', 'list', '--v2', `--regions=${region}`])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  compare: (_, wanted, found) => {
    const service = (...path: readonly string[]): string => textAt(found, 'serviceConfig', ...path);
    const build = (...path: readonly string[]): string => textAt(found, 'buildConfig', ...path);
    return differences({
      label: [textAt(found, 'labels', 'drover'), deploymentLabels.drover],
      state: [textAt(found, 'state') === 'FAILED' ? 'FAILED' : 'ACTIVE', 'ACTIVE'],
      generation: [textAt(found, 'environment') || 'GEN_2', 'GEN_2'],
      runtime: [build('runtime'), wanted.runtime],
      entryPoint: [build('entryPoint'), wanted.entryPoint],
      builder: [lastOf(build('serviceAccount')), wanted.builder],
      repository: [lastOf(build('dockerRepository')), wanted.repository],
      memoryMi: [mebibytes(service('availableMemory')), mebibytes(wanted.memory)],
      cpu: [cpus(service('availableCpu')), cpus(wanted.cpu)],
      concurrency: [service('maxInstanceRequestConcurrency') || '1', wanted.concurrency],
      timeoutSeconds: [service('timeoutSeconds') || '60', wanted.timeoutSeconds],
      minInstances: [service('minInstanceCount') || '0', wanted.minInstances],
      maxInstances: [service('maxInstanceCount'), wanted.maxInstances],
      ingress: [service('ingressSettings') || ingressSettings.all, ingressSettings[wanted.ingress]],
      serviceAccount: [service('serviceAccountEmail'), wanted.serviceAccount],
      ...variableDifferences(wanted, found),
    });
  },
  create: deploying,
  // Nothing turns a function of the first generation into one of the second.
  update: (deployment, wanted, found) =>
    textAt(found, 'environment') === 'GEN_1' ? undefined : deploying(deployment, wanted),
  remove: ({ region }, id) => [gcloud(['functions', 'delete', id, '--gen2', `--region=${region}`])],
  terraform: (deployment, wanted) => [functionBlock(deployment, wanted)],
};

/**
 * Deploys the function with what is in the current directory. Who may call it is a binding of its own: gcloud only makes sure
 * that nobody may who should not, and the answer to its question is no.
 */
function deploying({ project, region }: Deployment, wanted: Fn): Command[] {
  return [
    gcloud(
      [
        'functions',
        'deploy',
        wanted.id,
        '--gen2',
        `--region=${region}`,
        `--runtime=${wanted.runtime}`,
        '--source=.',
        `--entry-point=${wanted.entryPoint}`,
        '--trigger-http',
        ...(wanted.ingress === 'internal-only' ? ['--no-allow-unauthenticated'] : []),
        `--ingress-settings=${wanted.ingress}`,
        `--memory=${wanted.memory}`,
        `--cpu=${wanted.cpu}`,
        `--concurrency=${wanted.concurrency}`,
        `--timeout=${wanted.timeoutSeconds}s`,
        `--min-instances=${wanted.minInstances}`,
        `--max-instances=${wanted.maxInstances}`,
        `--service-account=${wanted.serviceAccount}`,
        `--build-service-account=projects/${project}/serviceAccounts/${wanted.builder}`,
        `--docker-repository=projects/${project}/locations/${region}/repositories/${wanted.repository}`,
        `--update-labels=${labelsFlag}`,
      ],
      { '--env-vars-file': JSON.stringify(wanted.environment, null, 2) },
    ),
  ];
}

function variableDifferences(
  { environment }: Fn,
  found: FoundResource,
): { [field: string]: readonly [string, string] } {
  const there = valueAt(found, 'serviceConfig', 'environmentVariables') ?? {};
  const names = new Set([...Object.keys(there), ...Object.keys(environment)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => !otherVariables.includes(name))
      .map((name) => [`${name}`, [textAt(there, name), environment[name] ?? '']] as const),
  );
}

/** `512Mi`, `512M` and `0.5Gi` are the same to Cloud Functions, which counts in powers of two either way. */
function mebibytes(memory: string): string {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([MG])i?B?$/.exec(memory) ?? [];
  return amount === undefined ? memory : `${Number(amount) * (unit === 'G' ? 1_024 : 1)}`;
}

/** `1000m` is `1`. */
function cpus(text: string): string {
  const [, thousandths] = /^(\d+)m$/.exec(text) ?? [];
  return thousandths === undefined ? `${Number(text)}` : `${Number(thousandths) / 1_000}`;
}
