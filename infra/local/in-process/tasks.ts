import type { CloudSettings } from '../../../shared/cloud/settings.ts';
import { hasCode, type Tasks } from '../../../shared/ports/index.ts';
import type { TasksEngine } from '../engines/tasks/index.ts';
import { asCloudError } from './errors.ts';

/** {@link Tasks} on the engine itself. `changed` is called when there may be something to deliver. */
export function inProcessTasks(
  engine: TasksEngine,
  settings: CloudSettings,
  { changed }: { changed(): void },
): Tasks {
  const { project, region, targets, tasksServiceAccount } = settings;
  return {
    enqueue: async ({ target, body, at, name }) => {
      const { queue, url } = targets[target];
      const parent = `projects/${project}/locations/${region}/queues/${queue}`;
      try {
        engine.createTask(parent, {
          ...(name !== undefined && { name: `${parent}/tasks/${name}` }),
          ...(at !== undefined && { scheduleAt: at }),
          url,
          headers: { 'Content-Type': 'application/json' },
          body: Buffer.from(JSON.stringify(body)),
          oidc: { email: tasksServiceAccount, audience: url },
        });
      } catch (error) {
        const known = asCloudError(error);
        if (hasCode(known, 'already_exists')) return 'exists';
        throw known;
      }
      changed();
      return 'enqueued';
    },
  };
}
