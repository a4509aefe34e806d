import type { CloudTasksClient } from '@google-cloud/tasks';
import { hasCode, type Tasks } from '../ports/index.ts';
import type { Lazy } from './clients.ts';
import { normalised } from './errors.ts';
import { timestamp } from './messages.ts';
import type { CloudSettings } from './settings.ts';

/**
 * Wake-ups through Cloud Tasks. Each is a POST to its function with an identity token of `tasksServiceAccount`; the audience
 * is the function's base URL, as Cloud Tasks' own default would take the query with it.
 */
export function cloudTasks(client: Lazy<CloudTasksClient>, settings: CloudSettings): Tasks {
  const { project, region, targets, tasksServiceAccount } = settings;
  return {
    enqueue: async ({ target, body, at, name }) => {
      const { queue, url } = targets[target];
      const parent = `projects/${project}/locations/${region}/queues/${queue}`;
      // Asked before anything is waited for: then it is still the request's.
      const trace = settings.traceparent?.();
      const tasks = await client();
      try {
        await normalised('CloudTasks.CreateTask', () =>
          tasks.createTask({
            parent,
            task: {
              ...(name !== undefined && { name: `${parent}/tasks/${name}` }),
              ...(at !== undefined && { scheduleTime: timestamp(at) }),
              httpRequest: {
                httpMethod: 'POST',
                url,
                headers: {
                  'Content-Type': 'application/json',
                  ...(trace !== undefined && { traceparent: trace }),
                },
                body: Buffer.from(JSON.stringify(body)),
                oidcToken: { serviceAccountEmail: tasksServiceAccount, audience: url },
              },
            },
          }),
        );
        return 'enqueued';
      } catch (error) {
        if (hasCode(error, 'already_exists')) return 'exists';
        throw error;
      }
    },
  };
}
