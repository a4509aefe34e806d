import type { Kind } from '../kind.ts';
import { deploymentLabels } from '../labels.ts';
import type { Dashboard, Deployment } from '../resource.ts';
import { byLastName, gcloud, isLabelled, isWanted, rowsOf, textAt } from './found.ts';
import { unlike } from './like.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Dashboards of Cloud Monitoring, under names of ours. */
export const dashboardKind: Kind<Dashboard> = {
  list: () => [gcloud(['monitoring', 'dashboards', 'list'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(rowsOf(answer), (id, row) => isOurs(id) || isLabelled(row));
  },
  // A project may be named by its number.
  compare: (_, { title, body }, found) => unlike(content(title, body), found),
  create: (deployment, wanted) => [
    gcloud(['monitoring', 'dashboards', 'create'], {
      '--config-from-file': JSON.stringify(configuration(deployment, wanted)),
    }),
  ],
  // Google refuses a change of another version than the newest.
  update: (deployment, wanted, found) => [
    gcloud(['monitoring', 'dashboards', 'update', wanted.id], {
      '--config-from-file': JSON.stringify({
        ...configuration(deployment, wanted),
        etag: textAt(found, 'etag'),
      }),
    }),
  ],
  remove: (_, id) => [gcloud(['monitoring', 'dashboards', 'delete', id])],
  terraform: (deployment, wanted) => [
    {
      type: terraformTypes.dashboard,
      label: terraformLabel(wanted.id),
      body: {
        project: deployment.project,
        dashboard_json: JSON.stringify(configuration(deployment, wanted)),
      },
    },
  ],
};

/** A dashboard as the Dashboards API has it (`Dashboard`). */
function configuration({ project }: Deployment, { id, title, body }: Dashboard) {
  return { name: `projects/${project}/dashboards/${id}`, ...content(title, body) };
}

function content(title: string, body: Dashboard['body']) {
  return { displayName: title, labels: deploymentLabels, ...body };
}
