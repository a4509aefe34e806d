import type { Firestore } from '@google-cloud/firestore';
import type { Logging } from '@google-cloud/logging';
import type { v1 } from '@google-cloud/pubsub';
import type { v2 } from '@google-cloud/run';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { CloudTasksClient } from '@google-cloud/tasks';
import { callerAgent } from './caller.ts';
import type { CloudSettings } from './settings.ts';

/** A client that is loaded and built when it is first asked for, and then kept (D16). */
export type Lazy<Client> = () => Promise<Client>;

/** The Google clients of one function instance. */
export interface Clients {
  firestore: Lazy<Firestore>;
  tasks: Lazy<CloudTasksClient>;
  secrets: Lazy<SecretManagerServiceClient>;
  jobs: Lazy<v2.JobsClient>;
  executions: Lazy<v2.ExecutionsClient>;
  jobTasks: Lazy<v2.TasksClient>;
  logging: Lazy<Logging>;
  publisher: Lazy<v1.PublisherClient>;
}

/** What a client must know of where it is. */
type Place = Pick<CloudSettings, 'project' | 'endpoint' | 'caller'> &
  Partial<Pick<CloudSettings, 'region'>>;

/** Wires the clients to Google, or to the stand-in that `settings.endpoint` names. */
export function clients(settings: Place): Clients {
  return {
    firestore: once(async () => {
      const { Firestore } = await import('@google-cloud/firestore');
      return new Firestore({
        ...(await options(settings)),
        ignoreUndefinedProperties: false,
        ...oneRetryLayer,
      });
    }),
    tasks: once(async () => {
      const { CloudTasksClient } = await import('@google-cloud/tasks');
      return new CloudTasksClient(await options(settings));
    }),
    secrets: once(async () => {
      const { SecretManagerServiceClient } = await import('@google-cloud/secret-manager');
      return new SecretManagerServiceClient(await options(settings));
    }),
    jobs: once(async () => {
      const { v2 } = await import('@google-cloud/run');
      return new v2.JobsClient(await options(settings));
    }),
    executions: once(async () => {
      const { v2 } = await import('@google-cloud/run');
      return new v2.ExecutionsClient(await options(settings));
    }),
    jobTasks: once(async () => {
      const { v2 } = await import('@google-cloud/run');
      return new v2.TasksClient(await options(settings));
    }),
    logging: once(async () => {
      const { Logging } = await import('@google-cloud/logging');
      return new Logging(await options(settings));
    }),
    publisher: once(async () => {
      // Half of what the package's own entry loads: that one subscribes as well.
      const { PublisherClient } = await import(
        '@google-cloud/pubsub/build/src/v1/publisher_client.js'
      );
      const { region, endpoint } = settings;
      const isGoogle = endpoint === undefined && region !== undefined;
      return new PublisherClient({
        ...(await options(settings)),
        ...(isGoogle && { apiEndpoint: regionalPubsub(region) }),
      });
    }),
  };
}

/**
 * Reads are streams, and by default two layers below the client repeat them as well: one whatever the code, so that a
 * refused query comes out 7 s later, the other for 10 minutes (google-gax 5.0.8). The client's own five attempts (9 s) stay.
 */
const oneRetryLayer = {
  gaxServerStreamingRetries: true,
  clientConfig: {
    interfaces: {
      'google.firestore.v1.Firestore': {
        retry_codes: { never: [] },
        methods: {
          BatchGetDocuments: { retry_codes_name: 'never' },
          RunQuery: { retry_codes_name: 'never' },
        },
      },
    },
  },
};

/** Pub/Sub's endpoint in a region: what is published through it stays there, in its order (Pub/Sub docs, "Order messages"). */
function regionalPubsub(region: string): string {
  return `${region}-pubsub.googleapis.com`;
}

function once<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Google's own endpoint needs nothing but the project; a stand-in needs its address, no TLS, and to be told who calls. */
async function options(settings: Place) {
  if (settings.endpoint === undefined) return { projectId: settings.project };
  const { credentials } = await import('@grpc/grpc-js');
  const { caller } = settings;
  const [host = '127.0.0.1', port = ''] = settings.endpoint.split(':');
  return {
    projectId: settings.project,
    apiEndpoint: host,
    servicePath: host,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    universeDomain: 'googleapis.com',
    ...(caller !== undefined && { 'grpc.primary_user_agent': callerAgent(caller) }),
  };
}
