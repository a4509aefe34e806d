import { wrapped } from '../steer/width.ts';
import type { ListedCredential, ListedField, ListedVersion } from './list.ts';
import { momentOf } from './moment.ts';

/** A list of credentials for a person: each with its fields below it, in lines of at most so many columns. */
export function credentialLines(credentials: readonly ListedCredential[], width: number): string[] {
  return credentials.flatMap(({ credential, usedBy, isThere, fields, old }) => {
    const below = [
      usedBy.length === 0 ? 'used by nobody' : `used by ${usedBy.join(', ')}`,
      ...(isThere ? [] : ['missing: it is not in Secret Manager']),
      ...fields.map(fieldLine),
      ...old.map(versionLine),
    ];
    return [credential, ...below.flatMap((line) => indented(line, width))];
  });
}

/** A line below a credential; where it is too long, what follows stands further to the right. */
function indented(line: string, width: number): string[] {
  return wrapped(line, width - 4).map((part, at) => `${at === 0 ? '  ' : '    '}${part}`);
}

function fieldLine({ field, version, state, since, fingerprint, here }: ListedField): string {
  const parts = [
    `${field} ${fingerprint ?? '(no fingerprint)'}`,
    ...(since === null ? [] : [`since ${momentOf(Date.parse(since))}`]),
    ...(state === 'ENABLED' ? [] : [`version ${version} is ${state.toLowerCase()}`]),
    ...(here === null ? [] : [hereWords[here]]),
  ];
  return parts.join(', ');
}

const hereWords: { readonly [here in NonNullable<ListedField['here']>]: string } = {
  same: 'the same here',
  different: 'another here',
  older: 'an older one here',
};

function versionLine({ version, state, until, heldBy }: ListedVersion): string {
  const time = until === null ? undefined : momentOf(Date.parse(until));
  if (state === 'disabled') {
    return `version ${version} is disabled${time === undefined ? '' : ` and goes ${time}`}`;
  }
  if (heldBy.length > 0) return `version ${version} waits for ${heldBy.join(', ')}`;
  return time === undefined
    ? `version ${version} can be put away`
    : `version ${version} stays until ${time}`;
}
