import type { ResourceKind } from '../deployment/resource.ts';

/** How bad a finding is: with an `error` something does not work, or would not; a `warning` is worth knowing. */
export type Severity = 'error' | 'warning';

interface FindingKind {
  severity: Severity;
  /** What it means for whoever uses Drover, as a sentence. */
  means: string;
}

const error = (means: string): FindingKind => ({ severity: 'error', means });
const warning = (means: string): FindingKind => ({ severity: 'warning', means });

/** Everything that `drover doctor` can find, beside the errors of commands. */
export const findingKinds = {
  PROJECT_FILES_WRONG: error('The project cannot be started or deployed with it.'),
  PROJECT_FILES_NOTE: warning('The project works, but maybe not as its author meant it to.'),
  CREDENTIAL_NOT_HERE: warning(
    'It is not deployed from this machine: where Secret Manager has none either, what needs it fails.',
  ),
  CREDENTIAL_FIELDS: warning(
    'A variable that an agent expects is not set, or one nobody knows is.',
  ),
  CREDENTIAL_MISSING: error(
    'Secret Manager has none: deliveries that it signs are refused, and runs that need it fail.',
  ),
  CREDENTIAL_NO_VERSION: error(
    'Its secret is there, and the versions that it names are disabled, destroyed or none: it cannot be read.',
  ),
  CREDENTIAL_CHANGED: warning('Secret Manager has other values than this machine.'),
  SERVICE_OFF: error('Nothing that rests on this service of Google works.'),
  IDENTITY_MISSING: error('What runs as this identity cannot be deployed, or cannot start.'),
  IDENTITY_WRONG: error('What runs as this identity is refused.'),
  ROLE_MISSING: error('Whoever should have these permissions has none of them.'),
  ROLE_WRONG: error('Somebody may do more than they need, or is refused something that they need.'),
  GRANT_MISSING: error('A call between the parts of Drover is refused.'),
  SINK_WRITER_MISSING: error(
    'The log sink may not write to its topic: runs have no logs, and their ends are noticed by polling only.',
  ),
  PUBLIC_CALL_MISSING: error(
    'Google refuses all callers of a public function before it sees their signature or key.',
  ),
  DATABASE_MISSING: error('Nothing can be admitted, and there is nothing to look at.'),
  DATABASE_WRONG: error('Nothing can be kept, or it can be deleted by mistake.'),
  RULES_MISSING: error('Clients of Firestore are held to rules that are not ours.'),
  RULES_WRONG: error('Clients of Firestore are held to rules that are not ours.'),
  INDEX_MISSING: error('Queries that need it fail.'),
  INDEX_WRONG: error('Queries that need it fail.'),
  INDEX_BUILDING: warning('Queries that need it fail until it is built, which takes minutes.'),
  FIELD_MISSING: error('Documents that are over stay for ever, or writes to a field are slow.'),
  FIELD_WRONG: error('Documents that are over stay for ever, or writes to a field are slow.'),
  FIELD_BUILDING: warning('Documents that are over stay until the policy is in force.'),
  QUEUE_MISSING: error('No wake-up is sent: what is admitted waits until the queue is there.'),
  QUEUE_WRONG: error('Wake-ups come too late, too often or not at all.'),
  TOPIC_MISSING: error('Logs and ends of executions do not arrive.'),
  TOPIC_WRONG: error('Logs and ends of executions may not arrive.'),
  SUBSCRIPTION_MISSING: error('Logs and ends of executions do not arrive.'),
  SUBSCRIPTION_WRONG: error('Logs and ends of executions may not arrive, or are refused.'),
  SINK_MISSING: error('Runs have no logs, and their ends are noticed by polling only.'),
  SINK_WRONG: error('Logs of runs are missing, or logs of others arrive.'),
  TICK_MISSING: error('Nothing is scheduled, and nothing that got lost is found again.'),
  TICK_WRONG: error('Schedules and the sweep do not happen as they should.'),
  TICK_FAILING: error('Schedules and the sweep do not happen as long as the call is refused.'),
  TICK_SILENT: error('Nothing is scheduled, and nothing that got lost is found again.'),
  METRIC_MISSING: warning('What it counts is on no chart, and no alert of it is raised.'),
  METRIC_WRONG: warning('It counts something else than the alerts on it mean.'),
  CHANNEL_MISSING: warning('Somebody who should be told when something is wrong is not.'),
  CHANNEL_WRONG: warning('Somebody who should be told when something is wrong may not be.'),
  ALERT_MISSING: warning('Nobody is told when this goes wrong.'),
  ALERT_WRONG: warning('Somebody is told too late, too often or not at all.'),
  DASHBOARD_MISSING: warning('There is no page of charts.'),
  DASHBOARD_WRONG: warning('The charts show something else than they should.'),
  REPOSITORY_MISSING: error('No function and no image can be built.'),
  REPOSITORY_WRONG: error('Old images stay, and are billed.'),
  NOT_NEEDED: warning('It is of Drover, and nothing needs it any more.'),
  FUNCTION_MISSING: error('What it does is not done.'),
  FUNCTION_WRONG: error(
    'It runs otherwise than it should: with other variables, rights or limits.',
  ),
  FUNCTION_FAILED: error('Its newest version cannot serve: an earlier one does, or none.'),
  FUNCTION_DEPLOYING: warning('It is being deployed right now.'),
  FUNCTION_OUTDATED: warning('It runs something else than this Drover would deploy.'),
  FUNCTION_SHARED: warning('Two versions serve at once.'),
  IMAGE_GONE: error('Each run of its agents fails.'),
  IMAGE_NOT_BUILT: warning('The next release needs it; runs of the current one have theirs.'),
  RELEASE_MISSING: error('No project is published: every delivery is answered 503.'),
  RELEASE_OUTDATED: warning('Runs follow an earlier state of these files.'),
  PAUSED: warning('What is asked for is admitted and waits; nothing starts.'),
  WEBHOOK_UNREACHABLE: error('No delivery arrives.'),
  WEBHOOK_CLOSED: error('Google refuses every sender before the function sees the signature.'),
  WEBHOOK_REFUSES: error('Deliveries that are signed as they should be are refused.'),
  WEBHOOK_FAILS: error('Deliveries are not taken; most senders try again for a while.'),
  WEBHOOK_UNGUARDED: error('It takes what nobody signed: anybody can start agents.'),
  DELIVERY_NOT_KEPT: error('It answers that it took a delivery that Firestore does not have.'),
  DELIVERY_STARTED: warning('The test delivery was meant to start nothing.'),
  DELIVERY_NOT_TRIED: warning('Whether deliveries arrive is not known.'),
} as const satisfies { [code: string]: FindingKind };

export type FindingCode = keyof typeof findingKinds;

/** What it is called when a resource of a kind is missing, and when it is there and not as it should be. */
export const resourceCodes: {
  readonly [K in ResourceKind]: { missing: FindingCode; wrong: FindingCode };
} = {
  api: { missing: 'SERVICE_OFF', wrong: 'SERVICE_OFF' },
  'service-account': { missing: 'IDENTITY_MISSING', wrong: 'IDENTITY_WRONG' },
  role: { missing: 'ROLE_MISSING', wrong: 'ROLE_WRONG' },
  binding: { missing: 'GRANT_MISSING', wrong: 'GRANT_MISSING' },
  database: { missing: 'DATABASE_MISSING', wrong: 'DATABASE_WRONG' },
  rules: { missing: 'RULES_MISSING', wrong: 'RULES_WRONG' },
  index: { missing: 'INDEX_MISSING', wrong: 'INDEX_WRONG' },
  field: { missing: 'FIELD_MISSING', wrong: 'FIELD_WRONG' },
  queue: { missing: 'QUEUE_MISSING', wrong: 'QUEUE_WRONG' },
  topic: { missing: 'TOPIC_MISSING', wrong: 'TOPIC_WRONG' },
  subscription: { missing: 'SUBSCRIPTION_MISSING', wrong: 'SUBSCRIPTION_WRONG' },
  sink: { missing: 'SINK_MISSING', wrong: 'SINK_WRONG' },
  'scheduler-job': { missing: 'TICK_MISSING', wrong: 'TICK_WRONG' },
  repository: { missing: 'REPOSITORY_MISSING', wrong: 'REPOSITORY_WRONG' },
  function: { missing: 'FUNCTION_MISSING', wrong: 'FUNCTION_WRONG' },
  'log-metric': { missing: 'METRIC_MISSING', wrong: 'METRIC_WRONG' },
  'notification-channel': { missing: 'CHANNEL_MISSING', wrong: 'CHANNEL_WRONG' },
  'alert-policy': { missing: 'ALERT_MISSING', wrong: 'ALERT_WRONG' },
  dashboard: { missing: 'DASHBOARD_MISSING', wrong: 'DASHBOARD_WRONG' },
};
