import type { protos } from '@google-cloud/run';
import type { NewJob } from '../../ports/index.ts';
import { serviceAccountEmail } from '../service-account.ts';

type Job = protos.google.cloud.run.v2.IJob;

/** Readable for whatever user the image runs as: within a container there is nobody else (Cloud Run's own default). */
const fileMode = 0o444;

/**
 * The job as Cloud Run wants it: one task, no retries (an agent has side effects), one volume a {@link NewJob.secretFiles},
 * and no secret's value in it (D4).
 */
export function jobOf(job: NewJob, project: string): Job {
  const volumes = job.secretFiles.map(({ secret, files }, index) => ({
    name: volumeName(index),
    secret: {
      secret,
      items: Object.entries(files).map(([path, version]) => ({ path, version })),
      defaultMode: fileMode,
    },
  }));
  const volumeMounts = job.secretFiles.map(({ directory }, index) => ({
    name: volumeName(index),
    mountPath: directory,
  }));
  const env = [
    ...Object.entries(job.env).map(([name, value]) => ({ name, value })),
    ...Object.entries(job.secretEnv).map(([name, secretKeyRef]) => ({
      name,
      valueSource: { secretKeyRef: { ...secretKeyRef } },
    })),
  ];
  const limits = { cpu: job.cpus, memory: job.memory };
  return {
    labels: { ...job.labels },
    startExecutionToken: job.startToken,
    template: {
      labels: { ...job.labels },
      taskCount: 1,
      template: {
        containers: [{ image: job.image, env, resources: { limits }, volumeMounts }],
        volumes,
        maxRetries: 0,
        timeout: { seconds: job.timeoutSeconds },
        serviceAccount: serviceAccountEmail(job.serviceAccount, project),
      },
    },
  };
}

function volumeName(index: number): string {
  return `secret-${index}`;
}
