import { EngineError } from '../engine.ts';
import type { SecretFields } from './types.ts';

/**
 * Sizes of labels, annotations and aliases are Secret's own (resources.proto), and the bounds of a delayed destruction those of Secret
 * Manager's page "Delay destruction of secret versions".
 */
const maxLabels = 64;
const maxLabelBytes = 128;
const maxAliases = 50;
const maxAnnotationBytes = 16 * 1024;
const dayMs = 86_400_000;

const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const annotationKey = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const alias = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const reservedAliases: ReadonlySet<string> = new Set(['latest', 'NEW']);

/** Refuses what Secret Manager refuses of a secret's fields. @throws `INVALID_ARGUMENT` */
export function checkFields(
  fields: SecretFields,
  now: number,
  hasVersion: (number: number) => boolean,
): void {
  checkLabels(Object.entries(fields.labels));
  checkAnnotations(Object.entries(fields.annotations));
  checkAliases(Object.entries(fields.aliases), hasVersion);
  if (fields.expireAt !== undefined && fields.expireAt <= now)
    refuse('Secret.expire_time must be in the future.');
  const { destroyTtlMs } = fields;
  if (destroyTtlMs !== undefined && !(destroyTtlMs >= dayMs && destroyTtlMs <= 1_000 * dayMs))
    refuse('Secret.version_destroy_ttl must be between 24 hours and 1000 days.');
}

function checkLabels(labels: readonly [string, string][]): void {
  if (labels.length > maxLabels)
    refuse(`No more than ${maxLabels} labels can be assigned to a given resource.`);
  for (const [key, value] of labels) {
    const bytes = Math.max(Buffer.byteLength(key), Buffer.byteLength(value));
    if (!labelKey.test(key) || !labelValue.test(value) || bytes > maxLabelBytes)
      refuse(`The label [${key}=${value}] is invalid.`);
  }
}

function checkAnnotations(annotations: readonly [string, string][]): void {
  let bytes = 0;
  for (const [key, value] of annotations) {
    if (!annotationKey.test(key)) refuse(`The annotation key [${key}] is invalid.`);
    bytes += key.length + Buffer.byteLength(value);
  }
  if (bytes >= maxAnnotationBytes)
    refuse('The total size of annotation keys and values must be less than 16KiB.');
}

function checkAliases(
  aliases: readonly [string, number][],
  hasVersion: (number: number) => boolean,
): void {
  if (aliases.length > maxAliases)
    refuse(`No more than ${maxAliases} version aliases can be assigned to a given secret.`);
  for (const [name, number] of aliases) {
    if (!alias.test(name) || reservedAliases.has(name))
      refuse(`The version alias [${name}] is invalid.`);
    if (!hasVersion(number))
      refuse(`The version alias [${name}] points to version [${number}], which does not exist.`);
  }
}

function refuse(message: string): never {
  throw new EngineError('INVALID_ARGUMENT', message);
}
