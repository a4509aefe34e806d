import { EngineError } from '../engine.ts';

const secretId = /^[A-Za-z0-9_-]{1,255}$/;

/** @throws `INVALID_ARGUMENT` */
export function checkSecretId(id: string): void {
  if (!secretId.test(id)) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      `The provided Secret ID [${id}] does not match the expected format [[a-zA-Z_0-9]+]`,
    );
  }
}

/** @throws `INVALID_ARGUMENT`, `PERMISSION_DENIED` for another project */
export function checkParent(parent: string, project: string): void {
  const match = /^projects\/([^/]+)$/.exec(parent);
  if (!match) malformed(parent, 'projects/*');
  else if (match[1] !== project) foreign(match[1] ?? '');
}

/** The id in a secret's name. @throws `INVALID_ARGUMENT`, `PERMISSION_DENIED` for another project */
export function secretOf(name: string, project: string): string {
  const match = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(name);
  if (!match) return malformed(name, 'projects/*/secrets/*');
  if (match[1] !== project) foreign(match[1] ?? '');
  return match[2] ?? '';
}

/** The ids in a version's name. @throws `INVALID_ARGUMENT`, `PERMISSION_DENIED` for another project */
export function versionOf(name: string, project: string): { secret: string; version: string } {
  const match = /^(projects\/[^/]+\/secrets\/[^/]+)\/versions\/([^/]+)$/.exec(name);
  if (!match) return malformed(name, 'projects/*/secrets/*/versions/*');
  return { secret: secretOf(match[1] ?? '', project), version: match[2] ?? '' };
}

function malformed(name: string, pattern: string): never {
  throw new EngineError(
    'INVALID_ARGUMENT',
    `The provided name [${name}] does not match the expected format [${pattern}]`,
  );
}

function foreign(project: string): never {
  throw new EngineError(
    'PERMISSION_DENIED',
    `Permission denied on resource project ${project} (or it may not exist).`,
  );
}
