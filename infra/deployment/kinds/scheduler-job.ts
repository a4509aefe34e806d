import { type Kind, NestedBlocks } from '../kind.ts';
import type { SchedulerJob } from '../resource.ts';
import { byLastName, differences, gcloud, isWanted, rowsOf, secondsAt, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** How long Cloud Scheduler waits for an answer unless it is told (Scheduler API, `Job.attemptDeadline`). */
const usualDeadlineSeconds = 180;

/** Scheduler jobs. They carry no labels: ours are known by their names. A call that fails is not repeated: the next is due soon. */
export const schedulerJobKind: Kind<SchedulerJob> = {
  list: ({ region }) => [gcloud(['scheduler', 'jobs', 'list', `--location=${region}`])],
  read: (_, wanted, [answer]) => byLastName(rowsOf(answer), isWanted(wanted)),
  compare: (_, wanted, found) =>
    differences({
      schedule: [textAt(found, 'schedule'), wanted.schedule],
      timeZone: [textAt(found, 'timeZone') || 'Etc/UTC', 'Etc/UTC'],
      // Cloud Scheduler adds the path of a URL that has none.
      url: [textAt(found, 'httpTarget', 'uri').replace(/\/$/, ''), wanted.url],
      method: [textAt(found, 'httpTarget', 'httpMethod') || 'POST', 'POST'],
      serviceAccount: [
        textAt(found, 'httpTarget', 'oidcToken', 'serviceAccountEmail'),
        wanted.serviceAccount,
      ],
      audience: [textAt(found, 'httpTarget', 'oidcToken', 'audience'), wanted.audience],
      deadlineSeconds: [
        secondsAt(usualDeadlineSeconds, found, 'attemptDeadline'),
        wanted.deadlineSeconds,
      ],
      state: [textAt(found, 'state') || 'ENABLED', 'ENABLED'],
    }),
  create: ({ region }, job) => [
    gcloud([
      'scheduler',
      'jobs',
      'create',
      'http',
      job.id,
      `--location=${region}`,
      ...flags(job),
      '--max-retry-attempts=0',
    ]),
  ],
  update: ({ region }, job, found) => [
    gcloud(['scheduler', 'jobs', 'update', 'http', job.id, `--location=${region}`, ...flags(job)]),
    ...(textAt(found, 'state') === 'PAUSED'
      ? [gcloud(['scheduler', 'jobs', 'resume', job.id, `--location=${region}`])]
      : []),
  ],
  remove: ({ region }, id) => [gcloud(['scheduler', 'jobs', 'delete', id, `--location=${region}`])],
  terraform: ({ project, region }, job) => [
    {
      type: terraformTypes['scheduler-job'],
      label: terraformLabel(job.id),
      body: {
        project,
        region,
        name: job.id,
        description: job.why,
        schedule: job.schedule,
        time_zone: 'Etc/UTC',
        attempt_deadline: `${job.deadlineSeconds}s`,
        http_target: new NestedBlocks({
          uri: job.url,
          http_method: 'POST',
          oidc_token: new NestedBlocks({
            service_account_email: job.serviceAccount,
            audience: job.audience,
          }),
        }),
      },
    },
  ],
};

function flags({
  schedule,
  url,
  serviceAccount,
  audience,
  deadlineSeconds,
  why,
}: SchedulerJob): string[] {
  return [
    `--schedule=${schedule}`,
    '--time-zone=Etc/UTC',
    `--uri=${url}`,
    '--http-method=post',
    `--oidc-service-account-email=${serviceAccount}`,
    `--oidc-token-audience=${audience}`,
    `--attempt-deadline=${deadlineSeconds}s`,
    `--description=${why}`,
  ];
}
