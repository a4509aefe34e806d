import { emailOf } from '../names.ts';
import type { BoundTo, Deployment } from '../resource.ts';

/** The gcloud command that reads a policy, or adds a binding to it or removes one from it; without the binding. */
export function policyCommand(
  deployment: Deployment,
  on: BoundTo,
  does: 'get' | 'add' | 'remove',
): string[] {
  const { project, region } = deployment;
  const verb = does === 'get' ? 'get-iam-policy' : `${does}-iam-policy-binding`;
  switch (on.kind) {
    case 'project':
      return ['projects', verb, project];
    case 'service-account':
      return ['iam', 'service-accounts', verb, emailOf(deployment, on.id)];
    case 'queue':
      return ['tasks', 'queues', verb, on.id, `--location=${region}`];
    case 'topic':
      return ['pubsub', 'topics', verb, on.id];
    case 'subscription':
      return ['pubsub', 'subscriptions', verb, on.id];
    // The policy that Cloud Run checks is that of the service below the function, of the same name.
    case 'function':
      return ['run', 'services', verb, on.id, `--region=${region}`];
    case 'repository':
      return ['artifacts', 'repositories', verb, on.id, `--location=${region}`];
  }
}
