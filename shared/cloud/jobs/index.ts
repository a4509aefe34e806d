import { type Jobs, unless } from '../../ports/index.ts';
import type { Clients, Lazy } from '../clients.ts';
import { normalised } from '../errors.ts';
import type { CloudSettings } from '../settings.ts';
import { jobOf } from './new-job.ts';
import { isOver, readExecution, readJob } from './read.ts';

/** Jobs on Cloud Run. Long-running operations are never waited for: what they say is read off the resource (D3). */
export function cloudRunJobs(
  clients: Pick<Clients, 'jobs' | 'executions' | 'jobTasks'>,
  settings: CloudSettings,
): Jobs {
  const parent = `projects/${settings.project}/locations/${settings.region}`;
  const nameOf = (job: string): string => `${parent}/jobs/${job}`;

  return {
    start: (job) =>
      unless(['already_exists'], 'exists', async () => {
        await make(clients.jobs, 'Jobs.CreateJob', (jobs) =>
          jobs.createJob({ parent, jobId: job.id, job: jobOf(job, settings.project) }),
        );
        return 'accepted' as const;
      }),

    get: (id) =>
      unless(['not_found'], undefined, async () => {
        const [job] = await make(clients.jobs, 'Jobs.GetJob', (jobs) =>
          jobs.getJob({ name: nameOf(id) }),
        );
        return readJob(job);
      }),

    execution: (job, id) =>
      unless(['not_found'], undefined, async () => {
        const name = `${nameOf(job)}/executions/${id}`;
        const [execution] = await make(clients.executions, 'Executions.GetExecution', (one) =>
          one.getExecution({ name }),
        );
        if (!isOver(execution)) return readExecution(execution, undefined);
        const [tasks] = await make(clients.jobTasks, 'Tasks.ListTasks', (one) =>
          one.listTasks({ parent: name }),
        );
        return readExecution(execution, tasks[0]);
      }),

    cancel: (job, id) =>
      unless(['failed_precondition', 'not_found'], 'over', async () => {
        const name = `${nameOf(job)}/executions/${id}`;
        await make(clients.executions, 'Executions.CancelExecution', (one) =>
          one.cancelExecution({ name }),
        );
        return 'cancelling' as const;
      }),

    delete: (id) =>
      unless(['not_found'], 'absent', async () => {
        await make(clients.jobs, 'Jobs.DeleteJob', (jobs) => jobs.deleteJob({ name: nameOf(id) }));
        return 'deleted' as const;
      }),

    /** Cloud Run has no filter on labels: all pages come and are filtered here. */
    list: async (labels) => {
      const [jobs] = await make(clients.jobs, 'Jobs.ListJobs', (one) => one.listJobs({ parent }));
      const wanted = Object.entries(labels);
      return jobs
        .map(readJob)
        .filter((job) => wanted.every(([key, value]) => job.labels[key] === value));
    },
  };
}

/** `call` on a client, with what Google refuses as a CloudError. */
async function make<Client, T>(
  client: Lazy<Client>,
  method: string,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  const loaded = await client();
  return normalised(method, () => call(loaded));
}
