import { Expression, NestedBlocks, type TerraformBlock } from '../kind.ts';
import { deploymentLabels } from '../labels.ts';
import type { Deployment, Fn } from '../resource.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Variables of Terraform's that say where the zipped source of the functions is. */
export const sourceVariables = {
  source_bucket: 'Bucket with the zipped deployment.',
  source_object: 'Name of the zip file in it.',
} as const;

export function functionBlock({ project, region }: Deployment, wanted: Fn): TerraformBlock {
  return {
    type: terraformTypes.function,
    label: terraformLabel(wanted.id),
    body: {
      project,
      location: region,
      name: wanted.id,
      description: wanted.why,
      labels: deploymentLabels,
      build_config: new NestedBlocks({
        runtime: wanted.runtime,
        entry_point: wanted.entryPoint,
        service_account: `projects/${project}/serviceAccounts/${wanted.builder}`,
        docker_repository: `projects/${project}/locations/${region}/repositories/${wanted.repository}`,
        source: new NestedBlocks({
          storage_source: new NestedBlocks({
            bucket: new Expression('var.source_bucket'),
            object: new Expression('var.source_object'),
          }),
        }),
      }),
      service_config: new NestedBlocks({
        available_memory: wanted.memory,
        available_cpu: wanted.cpu,
        max_instance_request_concurrency: wanted.concurrency,
        timeout_seconds: wanted.timeoutSeconds,
        min_instance_count: wanted.minInstances,
        max_instance_count: wanted.maxInstances,
        ingress_settings: wanted.ingress === 'all' ? 'ALLOW_ALL' : 'ALLOW_INTERNAL_ONLY',
        service_account_email: wanted.serviceAccount,
        environment_variables: wanted.environment,
      }),
    },
  };
}
