import { type Asked, type Fields, textAt } from './answer.ts';
import { projectNumber } from './collections.ts';
import { handlePolicy } from './policies.ts';
import { nextNumber, type Store } from './store.ts';

/** Regions that functions can be deployed in. */
export const regions: readonly string[] = ['europe-west1', 'europe-west4', 'us-central1'];

/** What is no collection: services, the project itself, and what a deployment of a function asks besides. Undefined: none of it. */
export function handleSpecial(store: Store, asked: Asked): Fields | undefined {
  const { api, path, verb, method } = asked;
  if (api === 'serviceusage') return services(store, asked);
  if (api === 'cloudresourcemanager') return project(store, asked);
  if (api === 'cloudbilling') {
    return {
      name: path,
      projectId: path.split('/')[1],
      billingAccountName: 'billingAccounts/01',
      billingEnabled: true,
    };
  }
  if (api === 'iam' && path === 'permissions') return { permissions: [] };
  if (api === 'firestore' && verb === 'listCollectionIds') return {};
  if (api === 'cloudfunctions' && path.endsWith('/locations')) {
    return {
      locations: regions.map((id) => ({
        name: `${path}/${id}`,
        locationId: id,
        metadata: { environments: ['GEN_1', 'GEN_2'] },
      })),
    };
  }
  if (api === 'cloudfunctions' && verb === 'generateUploadUrl') {
    return {
      uploadUrl: textAt(asked.body, '__base') || `${asked.query.get('__base')}upload/o`,
      storageSource: {
        bucket: `gcf-v2-uploads-${projectNumber}`,
        object: `${nextNumber(store)}.zip`,
      },
    };
  }
  if (api === 'cloudfunctions' && path.endsWith('/runtimes')) {
    return {
      runtimes: [
        { name: 'nodejs24', stage: 'GA', environment: 'GEN_2', displayName: 'Node.js 24' },
      ],
    };
  }
  if (api === 'upload') return {};
  if (api === 'secretmanager' && path.endsWith('/versions')) return { versions: [], totalSize: 0 };
  if (api === 'cloudfunctions' && method === 'GET' && path.endsWith('/operations')) return {};
  return undefined;
}

function services(store: Store, { path, verb, method, body, query }: Asked): Fields {
  const [, , , one] = path.split('/');
  const ids =
    verb === 'batchEnable' ? ((body.serviceIds as string[] | undefined) ?? []) : [one ?? ''];
  if (verb === 'enable' || verb === 'batchEnable') {
    for (const id of ids) store.services.add(id);
    return done(store);
  }
  if (verb === 'generateServiceIdentity') {
    return done(store, {
      email: `service-${projectNumber}@gcp-sa-${one?.split('.')[0]}.iam.gserviceaccount.com`,
      uniqueId: '1',
    });
  }
  if (method === 'GET' && path.startsWith('operations/')) return done(store);
  const described = (id: string): Fields => ({
    name: `projects/${projectNumber}/services/${id}`,
    parent: `projects/${projectNumber}`,
    config: { name: id, title: id },
    state: store.services.has(id) ? 'ENABLED' : 'DISABLED',
  });
  if (one !== undefined) return described(one);
  return query.get('filter') === null ? {} : { services: [...store.services].map(described) };
}

function done(store: Store, response: Fields = {}): Fields {
  const name = `operations/acat.op${nextNumber(store)}`;
  const operation = { name, done: true, response };
  store.operations.set(name, operation);
  return operation;
}

function project(store: Store, asked: Asked): Fields {
  const { path, verb, body } = asked;
  if (verb === 'testIamPermissions') return { permissions: body.permissions };
  if (verb === 'getAncestry') return { ancestor: [] };
  const policy = handlePolicy(store, asked);
  if (policy) return policy;
  const projectId = path.split('/')[1] ?? '';
  return { projectId, projectNumber, name: projectId, lifecycleState: 'ACTIVE' };
}
