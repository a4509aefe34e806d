import { type Asked, type Fields, fieldsAt, Refused, textAt } from './answer.ts';
import { keyOf, nextEtag, type Store, thing } from './store.ts';

interface Binding {
  role: string;
  members: string[];
  condition?: Fields;
}

/** Of a policy that nobody has set. */
const firstEtag = 'ACAB';

/** Reads or sets the policy of a thing, or of the project. Undefined: something else was asked. */
export function handlePolicy(store: Store, asked: Asked): Fields | undefined {
  const { api, verb, path } = asked;
  if (verb !== 'getIamPolicy' && verb !== 'setIamPolicy') return undefined;
  if (api !== 'cloudresourcemanager') thing(store, api, path);
  const key = keyOf(api, path);
  const there = store.policies.get(key) ?? { version: 1, etag: firstEtag };
  if (verb === 'getIamPolicy') return there;
  const policy = fieldsAt(asked.body, 'policy');
  const etag = textAt(policy, 'etag');
  if (etag !== '' && etag !== there.etag) {
    throw new Refused(
      'ABORTED',
      'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
    );
  }
  const bindings = (policy.bindings as Binding[] | undefined) ?? [];
  for (const binding of bindings) check(store, binding);
  const set = { ...policy, bindings, etag: nextEtag(store) };
  store.policies.set(key, set);
  return set;
}

/** Refuses accounts and roles of the project that are not there. */
function check(store: Store, { role, members }: Binding): void {
  if (role.startsWith('projects/') && thingOf(store, 'iam', role)?.deleted !== undefined) {
    throw new Refused('FAILED_PRECONDITION', `Role ${role} is deleted.`);
  }
  if (role.startsWith('projects/') && !thingOf(store, 'iam', role)) {
    throw new Refused(
      'INVALID_ARGUMENT',
      `Role ${role} does not exist in the resource's hierarchy.`,
    );
  }
  for (const member of members) {
    const [, email = '', project = ''] =
      /^serviceAccount:(.*@(.*)\.iam\.gserviceaccount\.com)$/.exec(member) ?? [];
    if (email === '' || project.startsWith('gcp-sa-')) continue;
    if (!thingOf(store, 'iam', `projects/${project}/serviceAccounts/${email}`)) {
      throw new Refused('INVALID_ARGUMENT', `Service account ${email} does not exist.`);
    }
  }
}

function thingOf(store: Store, api: string, name: string): Fields | undefined {
  return store.things.get(keyOf(api, name))?.fields;
}
