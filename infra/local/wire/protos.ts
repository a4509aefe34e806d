import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

type Descriptor = Parameters<typeof fromJSON>[0];

/** A descriptor file: the package it ships in, reached through the packages before it. */
interface Shipped {
  through: readonly string[];
  file: string;
}

const pubsub: Shipped = {
  through: ['@google-cloud/pubsub'],
  file: 'build/protos/protos.json',
};
const run: Shipped = { through: ['@google-cloud/run'], file: 'build/protos/protos.json' };

/** Where each service's protobuf descriptor lies: the client packages ship them, so the wire is Google's own. */
const descriptors = {
  'google.firestore.v1.Firestore': {
    through: ['@google-cloud/firestore'],
    file: 'build/protos/v1.json',
  },
  'google.cloud.tasks.v2.CloudTasks': {
    through: ['@google-cloud/tasks'],
    file: 'build/protos/protos.json',
  },
  'google.cloud.secretmanager.v1.SecretManagerService': {
    through: ['@google-cloud/secret-manager'],
    file: 'build/protos/protos.json',
  },
  'google.cloud.run.v2.Jobs': run,
  'google.cloud.run.v2.Executions': run,
  'google.cloud.run.v2.Tasks': run,
  'google.logging.v2.LoggingServiceV2': {
    through: ['@google-cloud/logging', '@google-cloud/logging-api'],
    file: 'build/protos/protos.json',
  },
  'google.pubsub.v1.Publisher': pubsub,
  'google.pubsub.v1.Subscriber': pubsub,
  'google.longrunning.Operations': {
    through: ['@google-cloud/run', 'google-gax'],
    file: 'build/protos/operations.json',
  },
} as const satisfies { [service: string]: Shipped };

export type ServiceName = keyof typeof descriptors;

/** The raw descriptor of a service's package, for what needs message types (`google.protobuf.Any`). */
export function descriptor(name: ServiceName): Descriptor {
  const { through, file } = descriptors[name];
  let from: string = import.meta.url;
  let root = '';
  for (const name of through) {
    from = createRequire(from).resolve(name);
    const marker = join('node_modules', ...name.split('/'));
    root = from.slice(0, from.lastIndexOf(marker) + marker.length);
  }
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Descriptor;
}

/** The definition that a gRPC server needs to speak `name`. */
export function definition(name: ServiceName): ServiceDefinition {
  const loaded = fromJSON(descriptor(name), {
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })[name];
  if (!loaded || typeof loaded.format === 'string')
    throw new Error(`no service ${name} in its descriptor`);
  return loaded as ServiceDefinition;
}
