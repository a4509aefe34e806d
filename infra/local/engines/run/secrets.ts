import { EngineError } from '../engine.ts';
import type { RunSettings } from './state.ts';
import type { MountedFile, SecretRef, Strings, TaskTemplate } from './types.ts';

/** Taken off every mode that is not zero (google/cloud/run/v2/k8s.min.proto, `SecretVolumeSource`). */
const umask = 0o222;
const usualMode = 0o444;

/** The container's variables with their secrets' values. Throws PERMISSION_DENIED when one may not be read. */
export function readVariables(settings: RunSettings, template: TaskTemplate): Strings {
  const variables: Strings = {};
  for (const variable of template.containers[0]?.env ?? []) {
    variables[variable.name] =
      'secret' in variable
        ? read(settings, variable.secret, template.serviceAccount).toString('utf8')
        : variable.value;
  }
  return variables;
}

/** The files of the container's secret volumes. Throws PERMISSION_DENIED when one may not be read. */
export function readMounts(settings: RunSettings, template: TaskTemplate): MountedFile[] {
  const files: MountedFile[] = [];
  for (const mount of template.containers[0]?.volumeMounts ?? []) {
    const volume = template.volumes.find(({ name }) => name === mount.name)?.secret;
    if (!volume) continue;
    const whole = [{ path: secretId(volume.secret), version: 'latest', mode: 0 }];
    for (const { path, version, mode } of volume.items.length > 0 ? volume.items : whole) {
      files.push({
        directory: mount.mountPath,
        name: path,
        content: read(settings, { secret: volume.secret, version }, template.serviceAccount),
        mode: (mode || volume.defaultMode || usualMode) & ~umask,
      });
    }
  }
  return files;
}

function read(settings: RunSettings, { secret, version }: SecretRef, account: string): Buffer {
  const own = `projects/${settings.project}/secrets/`;
  const name = secret.startsWith(own) ? secret.slice(own.length) : secret;
  try {
    return settings.readSecret(name, version, account);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const full = name.includes('/') ? name : own + name;
    const because =
      error.code === 'NOT_FOUND'
        ? `Secret ${full}/versions/${version} was not found`
        : `Permission denied on secret: ${full}/versions/${version}${error.code === 'PERMISSION_DENIED' ? '' : ':'} ${error.message}`;
    throw new EngineError('PERMISSION_DENIED', because);
  }
}

function secretId(secret: string): string {
  return secret.slice(secret.lastIndexOf('/') + 1);
}
