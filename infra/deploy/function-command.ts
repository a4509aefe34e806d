import type { Command } from '../deployment/kind.ts';
import { functionKind } from '../deployment/kinds/function.ts';
import type { Deployment, Fn } from '../deployment/resource.ts';
import { versionVariable } from '../deployment/version.ts';

interface Deploying {
  /** Directory that is uploaded. */
  source: string;
  /** Of what is uploaded, and of how it is deployed. */
  version: string;
  /** Whether the new revision gets all traffic, however it was shared before. If not, the shares stay as they are. */
  takesAllTraffic: boolean;
}

/**
 * Deploys a function as the list has it, from a directory. `gcloud functions deploy` leaves shares of traffic alone unless it is
 * told otherwise (field `all_traffic_on_latest_revision` of the Cloud Functions API).
 */
export function functionCommands(
  deployment: Deployment,
  fn: Fn,
  { source, version, takesAllTraffic }: Deploying,
): Command[] {
  const environment = { ...fn.environment, [versionVariable]: version };
  return functionKind.create(deployment, { ...fn, environment }).map((command): Command => {
    if (command.tool !== 'gcloud' || !command.args.includes(uploaded)) return command;
    const args = command.args.map((arg) => (arg === uploaded ? `--source=${source}` : arg));
    if (takesAllTraffic) args.push('--serve-all-traffic-latest-revision');
    return { ...command, args };
  });
}

/** What the list's own command uploads: a function is deployed from elsewhere. */
const uploaded = '--source=.';
