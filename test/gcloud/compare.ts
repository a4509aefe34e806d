import type { Binding, Deployment, Resource } from '../../infra/deployment/resource.ts';
import { type Fields, fieldsAt } from './answer.ts';
import { keyOf, type Store } from './store.ts';

/** What a resource of the list should have come to, as Google's APIs write it. */
interface Expected {
  api: string;
  name: string;
  /** Fields that the thing must have, with these values. */
  fields: Fields;
}

/** Sentences about whatever of the list is not in the project as the list has it. Written without what makes the plan. */
export function missing(
  store: Store,
  deployment: Deployment,
  resources: readonly Resource[],
): string[] {
  return resources.flatMap((resource) => {
    if (resource.kind === 'api') {
      return store.services.has(resource.id) ? [] : [`${resource.id} is off`];
    }
    if (resource.kind === 'binding') return missingBinding(store, deployment, resource);
    if (resource.kind === 'rules') return missingRules(store, deployment, resource.source);
    if (resource.kind === 'index') return missingIndex(store, deployment, resource);
    if (resource.kind === 'notification-channel')
      return missingChannel(store, deployment, resource);
    if (resource.kind === 'alert-policy') return missingPolicy(store, deployment, resource);
    const { api, name, fields } = expected(deployment, resource);
    const there = store.things.get(keyOf(api, name))?.fields;
    return there ? unlike(name, fields, there) : [`there is no ${name}`];
  });
}

function unlike(name: string, wanted: unknown, found: unknown): string[] {
  if (typeof wanted !== 'object' || wanted === null) {
    return wanted === found
      ? []
      : [`${name} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`];
  }
  return Object.entries(wanted).flatMap(([key, value]) =>
    unlike(`${name}.${key}`, value, (found as Fields | undefined)?.[key]),
  );
}

function expected(
  { project, region }: Deployment,
  resource: Exclude<
    Resource,
    { kind: 'api' | 'binding' | 'rules' | 'index' | 'notification-channel' | 'alert-policy' }
  >,
): Expected {
  const here = `projects/${project}`;
  const there = `${here}/locations/${region}`;
  const { id } = resource;
  switch (resource.kind) {
    case 'service-account':
      return {
        api: 'iam',
        name: `${here}/serviceAccounts/${id}@${project}.iam.gserviceaccount.com`,
        fields: { displayName: resource.title },
      };
    case 'role':
      return {
        api: 'iam',
        name: `${here}/roles/${id}`,
        fields: { includedPermissions: resource.permissions, stage: 'GA' },
      };
    case 'database':
      return {
        api: 'firestore',
        name: `${here}/databases/${id}`,
        fields: { locationId: region, type: 'FIRESTORE_NATIVE' },
      };
    case 'field':
      return {
        api: 'firestore',
        name: `${here}/databases/(default)/collectionGroups/${resource.collection}/fields/${resource.field}`,
        fields: resource.expires ? { ttlConfig: { state: 'ACTIVE' } } : { indexConfig: {} },
      };
    case 'queue':
      return {
        api: 'cloudtasks',
        name: `${there}/queues/${id}`,
        fields: {
          rateLimits: {
            maxConcurrentDispatches: resource.maxConcurrentDispatches,
            maxDispatchesPerSecond: resource.maxDispatchesPerSecond,
          },
          retryConfig: {
            maxAttempts: resource.maxAttempts,
            minBackoff: `${resource.minBackoffMs / 1_000}s`,
            maxBackoff: `${resource.maxBackoffMs / 1_000}s`,
            maxDoublings: resource.maxDoublings,
          },
        },
      };
    case 'topic':
      return {
        api: 'pubsub',
        name: `${here}/topics/${id}`,
        fields:
          resource.retentionSeconds === undefined
            ? {}
            : { messageRetentionDuration: `${resource.retentionSeconds}s` },
      };
    case 'subscription':
      return {
        api: 'pubsub',
        name: `${here}/subscriptions/${id}`,
        fields: {
          topic: `${here}/topics/${resource.topic}`,
          ackDeadlineSeconds: resource.ackDeadlineSeconds,
          messageRetentionDuration: `${resource.retentionSeconds}s`,
          ...(resource.push && {
            pushConfig: {
              pushEndpoint: resource.push.url,
              oidcToken: {
                serviceAccountEmail: resource.push.serviceAccount,
                audience: resource.push.audience,
              },
            },
          }),
          ...(resource.deadLetter && {
            deadLetterPolicy: {
              deadLetterTopic: `${here}/topics/${resource.deadLetter.topic}`,
              maxDeliveryAttempts: resource.deadLetter.maxDeliveryAttempts,
            },
          }),
        },
      };
    case 'sink':
      return {
        api: 'logging',
        name: `${here}/sinks/${id}`,
        fields: {
          destination: `pubsub.googleapis.com/${here}/topics/${resource.topic}`,
          filter: resource.filter,
        },
      };
    case 'scheduler-job':
      return {
        api: 'cloudscheduler',
        name: `${there}/jobs/${id}`,
        fields: {
          schedule: resource.schedule,
          attemptDeadline: `${resource.deadlineSeconds}s`,
          httpTarget: {
            uri: resource.url,
            httpMethod: 'POST',
            oidcToken: {
              serviceAccountEmail: resource.serviceAccount,
              audience: resource.audience,
            },
          },
        },
      };
    case 'log-metric':
      return {
        api: 'logging',
        name: `${here}/metrics/${id}`,
        fields: {
          filter: resource.filter,
          metricDescriptor: { valueType: resource.measures ? 'DISTRIBUTION' : 'INT64' },
          labelExtractors: Object.fromEntries(
            Object.entries(resource.labels).map(([key, field]) => [key, `EXTRACT(${field})`]),
          ),
          ...(resource.measures && {
            valueExtractor: `EXTRACT(${resource.measures.field})`,
            bucketOptions: { explicitBuckets: { bounds: resource.measures.bounds } },
          }),
        },
      };
    case 'dashboard':
      return {
        api: 'monitoring',
        name: `${here}/dashboards/${id}`,
        fields: { displayName: resource.title, ...resource.body },
      };
    case 'repository':
      return {
        api: 'artifactregistry',
        name: `${there}/repositories/${id}`,
        fields: { format: 'DOCKER' },
      };
    case 'function':
      return {
        api: 'cloudfunctions',
        name: `${there}/functions/${id}`,
        fields: {
          buildConfig: { runtime: resource.runtime, entryPoint: resource.entryPoint },
          serviceConfig: {
            availableMemory: resource.memory,
            availableCpu: resource.cpu,
            maxInstanceRequestConcurrency: resource.concurrency,
            timeoutSeconds: resource.timeoutSeconds,
            maxInstanceCount: resource.maxInstances,
            serviceAccountEmail: resource.serviceAccount,
            environmentVariables: resource.environment,
            ingressSettings: resource.ingress === 'all' ? 'ALLOW_ALL' : 'ALLOW_INTERNAL_ONLY',
          },
        },
      };
  }
}

/** The API that has a policy, and the name under which. */
function policyOf(
  { project, region }: Deployment,
  { kind, ...on }: Binding['on'],
): [string, string] {
  const id = 'id' in on ? on.id : '';
  const here = `projects/${project}`;
  const there = `${here}/locations/${region}`;
  switch (kind) {
    case 'project':
      return ['cloudresourcemanager', here];
    case 'service-account':
      return ['iam', `${here}/serviceAccounts/${id}@${project}.iam.gserviceaccount.com`];
    case 'queue':
      return ['cloudtasks', `${there}/queues/${id}`];
    case 'topic':
      return ['pubsub', `${here}/topics/${id}`];
    case 'subscription':
      return ['pubsub', `${here}/subscriptions/${id}`];
    case 'function':
      return ['run', `${there}/services/${id}`];
    case 'repository':
      return ['artifactregistry', `${there}/repositories/${id}`];
  }
}

function missingBinding(store: Store, deployment: Deployment, binding: Binding): string[] {
  const { on, role, member, condition, id } = binding;
  const policy = store.policies.get(keyOf(...policyOf(deployment, on)));
  const sink = /^sink:(.*)$/.exec(member)?.[1];
  const writer = store.things.get(`logging/projects/${deployment.project}/sinks/${sink}`);
  const who = sink === undefined ? member : writer?.fields.writerIdentity;
  const fullRole = role.startsWith('roles/')
    ? role
    : `projects/${deployment.project}/roles/${role}`;
  const isThere = ((policy?.bindings as Fields[] | undefined) ?? []).some(
    (each) =>
      each.role === fullRole &&
      (each.members as unknown[]).includes(who) &&
      fieldsAt(each, 'condition').expression === condition?.expression,
  );
  return isThere ? [] : [`nobody granted ${id}`];
}

function missingRules(store: Store, { project }: Deployment, source: string): string[] {
  const release = store.things.get(`firebaserules/projects/${project}/releases/cloud.firestore`);
  const ruleset = store.things.get(`firebaserules/${String(release?.fields.rulesetName)}`);
  const text = JSON.stringify(ruleset?.fields ?? {});
  return text.includes(JSON.stringify(source)) ? [] : ['the rules are not released'];
}

/** The channels to an address, by their names: there should be one. */
function channelsTo(store: Store, { project }: Deployment, address: string): string[] {
  const prefix = `projects/${project}/notificationChannels/`;
  return [...store.things.values()]
    .filter(({ name, fields }) => {
      const to = fieldsAt(fields, 'labels').email_address;
      return name.startsWith(prefix) && to === address && fields.enabled === true;
    })
    .map(({ name }) => name);
}

function missingChannel(store: Store, deployment: Deployment, { id }: { id: string }): string[] {
  const count = channelsTo(store, deployment, id).length;
  return count === 1 ? [] : [`there are ${count} channels to ${id}`];
}

function missingPolicy(
  store: Store,
  deployment: Deployment,
  { title, severity, conditions, text, tells }: Extract<Resource, { kind: 'alert-policy' }>,
): string[] {
  const prefix = `projects/${deployment.project}/alertPolicies/`;
  const [there, ...more] = [...store.things.values()].filter(
    ({ name, fields }) => name.startsWith(prefix) && fields.displayName === title,
  );
  if (!there || more.length > 0) return [`there is no policy "${title}", or there are several`];
  const notificationChannels = tells.flatMap((who) =>
    who.startsWith('projects/') ? [who] : channelsTo(store, deployment, who),
  );
  return unlike(
    title,
    { severity, conditions, documentation: { content: text }, notificationChannels, enabled: true },
    there.fields,
  );
}

function missingIndex(
  store: Store,
  { project }: Deployment,
  { id, collection, fields }: Extract<Resource, { kind: 'index' }>,
): string[] {
  const prefix = `firestore/projects/${project}/databases/(default)/collectionGroups/${collection}/indexes/`;
  const wanted = fields.map(({ path, is }) => `${path} ${is.toUpperCase()}`).join();
  const isThere = [...store.things].some(
    ([key, thing]) =>
      key.startsWith(prefix) &&
      (thing.fields.fields as Fields[])
        .slice(0, -1)
        .map((field) => `${String(field.fieldPath)} ${String(field.order ?? field.arrayConfig)}`)
        .join() === wanted,
  );
  return isThere ? [] : [`there is no index ${id}`];
}
