import type { Command } from '../deployment/kind.ts';
import type { Deployment } from '../deployment/resource.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';
import { lockSecret } from './lock.ts';
import type { LeftoverKind } from './plan.ts';

/** Something that Drover, or a person for it, made in the project while it was in use. */
export interface Leftover {
  kind: LeftoverKind;
  id: string;
  /** Whether it holds something that nobody can make again: a credential or key, but not a copy of one. */
  isData: boolean;
}

/** What runs left, or have open, and the credentials and keys that people put there: found by the label `drover`. */
export async function leftovers(
  google: Google,
  { region }: Pick<Deployment, 'region'>,
): Promise<Leftover[]> {
  const [jobs, secrets] = await Promise.all([
    list(google, [
      'run',
      'jobs',
      'list',
      `--region=${region}`,
      '--filter=metadata.labels.drover:*',
    ]),
    list(google, ['secrets', 'list', '--filter=labels.drover:*']),
  ]);
  return [
    ...jobs.map(({ id }): Leftover => ({ kind: 'job', id, isData: false })),
    ...secrets
      .filter(({ id }) => id !== lockSecret)
      .map(({ id, label }): Leftover => ({ kind: 'secret', id, isData: label !== 'run' })),
  ];
}

export function removeLeftover(
  { kind, id }: Leftover,
  { region }: Pick<Deployment, 'region'>,
): Command {
  return kind === 'job'
    ? { tool: 'gcloud', args: ['run', 'jobs', 'delete', id, `--region=${region}`] }
    : { tool: 'gcloud', args: ['secrets', 'delete', id] };
}

async function list(
  google: Google,
  args: readonly string[],
): Promise<{ id: string; label: string | undefined }[]> {
  try {
    const answer = await execute(google, { tool: 'gcloud', args });
    return Array.isArray(answer) ? answer.flatMap(described) : [];
  } catch (error) {
    // A service that is off has nothing.
    if (isRefusal(error) && error.service !== undefined) return [];
    throw error;
  }
}

/** Reads a job, which has its name and labels in `metadata`, or a secret, whose name is a path. */
function described(found: unknown): { id: string; label: string | undefined }[] {
  const { metadata, ...resource } = found as { [field: string]: unknown };
  const { name, labels } = { ...resource, ...(metadata as object | undefined) } as {
    name?: string;
    labels?: { [label: string]: string };
  };
  const id = name?.split('/').at(-1);
  // The filter was the question; what it let through is looked at again before anything is removed for it.
  return id && labels?.drover !== undefined ? [{ id, label: labels.drover }] : [];
}
