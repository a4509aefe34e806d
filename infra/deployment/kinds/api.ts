import { lastOf } from '../../last-of.ts';
import type { Command, Kind } from '../kind.ts';
import type { Api, Deployment } from '../resource.ts';
import { gcloud, isWanted, rowsOf, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Most services that one call enables (Service Usage API, `services.batchEnable`). */
const mostAtOnce = 20;

/** Google's services. A teardown leaves them on: others of the project may use them, and they cost nothing. */
export const apiKind: Kind<Api> = {
  list: () => [gcloud(['services', 'list', '--enabled'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return new Map(
      rowsOf(answer)
        .map((row) => [textAt(row, 'config', 'name') || lastOf(textAt(row, 'name')), row] as const)
        .filter(([id]) => isOurs(id)),
    );
  },
  compare: () => [],
  create: (deployment, wanted) => enabling(deployment, [wanted]),
  createAll: enabling,
  update: () => [],
  remove: () => [],
  terraform: ({ project }, { id }) => [
    {
      type: terraformTypes.api,
      label: terraformLabel(id),
      body: { project, service: id, disable_on_destroy: false },
    },
  ],
};

function enabling(_: Deployment, wanted: readonly Api[]): Command[] {
  const ids = wanted.map(({ id }) => id);
  const starts = [...Array(Math.ceil(ids.length / mostAtOnce)).keys()];
  return starts.map((at) =>
    gcloud(['services', 'enable', ...ids.slice(at * mostAtOnce, (at + 1) * mostAtOnce)]),
  );
}
