import { dnsLabel, refuse, unoffered } from './check.ts';
import type { Container, SecretRef, SecretVolume, Volume, VolumeMount } from './types.ts';

/** Refused as mount points, with all that lies below them (Cloud Run documentation, "Configure secrets"). */
const systemDirectories = ['/dev', '/proc', '/sys'];
/** Server's rule on `items[].path`: a file name, never a path below the volume. */
const fileName = /^[A-Za-z0-9._-]{1,255}$/;
const secretName = /^(?:projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/;
const versionName = /^(?:[1-9]\d*|[A-Za-z][A-Za-z0-9_-]{0,62})$/;

/** Cloud Run's rules on volumes and on where the container mounts them. */
export function checkMounts(field: string, volumes: readonly Volume[], container: Container): void {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${field}.volumes[${index}]`;
    if (!dnsLabel.test(volume.name)) refuse(`${at}.name`, `"${volume.name}" is not a DNS label`);
    if (names.has(volume.name)) refuse(`${at}.name`, `"${volume.name}" is repeated`);
    names.add(volume.name);
    if (volume.secret) checkSecretVolume(`${at}.secret`, volume.secret);
    else refuse(at, 'must have a volume type');
  }
  const paths: string[] = [];
  for (const [index, mount] of container.volumeMounts.entries()) {
    const at = `${field}.containers[0].volume_mounts[${index}]`;
    if (!names.has(mount.name)) refuse(`${at}.name`, `no volume is named "${mount.name}"`);
    if (mount.subPath !== '') unoffered(`${at}.sub_path`, 'a sub-path of a secret volume');
    paths.push(checkPath(at, mount, paths));
  }
}

/** The rules on naming a secret that hold for variables and volumes alike. */
export function checkSecretRef(field: string, { secret, version }: SecretRef): void {
  if (/^projects\/[^/]+\/locations\//.test(secret))
    refuse(`${field}.secret`, `"${secret}": regional secrets are not supported`);
  if (!secretName.test(secret)) refuse(`${field}.secret`, `invalid secret name "${secret}"`);
  if (!versionName.test(version)) refuse(`${field}.version`, `invalid version "${version}"`);
}

function checkSecretVolume(field: string, volume: SecretVolume): void {
  checkSecretRef(field, { secret: volume.secret, version: 'latest' });
  checkMode(`${field}.default_mode`, volume.defaultMode);
  const paths = new Set<string>();
  for (const [index, item] of volume.items.entries()) {
    const at = `${field}.items[${index}]`;
    checkSecretRef(at, { secret: volume.secret, version: item.version });
    checkMode(`${at}.mode`, item.mode);
    if (!fileName.test(item.path) || /^\.{1,2}$/.test(item.path))
      refuse(`${at}.path`, `"${item.path}" may only have letters, digits, '-', '_' and '.'`);
    if (paths.has(item.path)) refuse(`${at}.path`, `"${item.path}" is repeated`);
    paths.add(item.path);
  }
}

function checkMode(field: string, mode: number): void {
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777)
    refuse(field, 'must be between 0000 and 0777 (octal)');
}

function checkPath(field: string, mount: VolumeMount, taken: readonly string[]): string {
  const at = `${field}.mount_path`;
  const { mountPath } = mount;
  if (!mountPath.startsWith('/') || mountPath.includes(':') || mountPath.includes('\0'))
    refuse(at, `"${mountPath}" must be an absolute path without ':'`);
  const segments = mountPath.split('/').filter((segment) => segment !== '');
  if (segments.length === 0 || segments.some((segment) => /^\.{1,2}$/.test(segment)))
    refuse(at, `"${mountPath}" cannot be mounted on`);
  const path = `/${segments.join('/')}`;
  if (systemDirectories.some((directory) => path === directory || inside(path, directory)))
    refuse(at, `"${path}" is or lies below one of ${systemDirectories.join(', ')}`);
  if (taken.includes(path))
    refuse(at, `"${path}" is mounted twice: a directory shows the files of one volume`);
  const other = taken.find((candidate) => inside(path, candidate) || inside(candidate, path));
  if (other) refuse(at, `"${path}" and "${other}": nested volume mounts are not supported`);
  return path;
}

function inside(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}
