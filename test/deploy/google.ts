import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { versionVariable } from '../../infra/deployment/version.ts';
import { type Asked, type Fields, fieldsAt, textAt } from '../gcloud/answer.ts';
import { handle } from '../gcloud/handle.ts';
import { askedOf } from '../gcloud/server.ts';
import { emptyStore, type Store } from '../gcloud/store.ts';

/** A revision's share, as Cloud Run's first API has it. */
interface Target {
  revisionName?: string;
  latestRevision?: boolean;
  percent: number;
}

/** What a deployment leaves of a function beside the function itself. */
interface Served {
  revisions: string[];
  traffic: Target[];
}

export interface DeployServer {
  /** It is gcloud's proxy too: Cloud Run's endpoints have the region in their host's name, which nobody could look up. */
  port: number;
  url: string;
  store: Store;
  served: Map<string, Served>;
  /** Builds that were submitted. */
  builds: Fields[];
  /** How builds end, when they are looked at. `WORKING`: not yet. */
  ending: 'SUCCESS' | 'FAILURE' | 'WORKING';
  /** Ids of builds that were cancelled. */
  cancelled: string[];
  /** What is in the log of each build. */
  log: string[];
  /** Archives that were put into gcloud's bucket: what builds are made from. */
  archives: Buffer[];
  /** Images that were removed, as `<name>@<digest>`. */
  removed: string[];
  /** Method and path of everything that arrived and was not understood. */
  unknown: string[];
  close(): Promise<void>;
}

/** Google's APIs, as far as gcloud asks them when it deploys functions, builds images and shares traffic. */
export async function serveDeployments(services: readonly string[]): Promise<DeployServer> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(pathOf(request.url ?? '/'), 'http://127.0.0.1');
      const { status, body: answer } = answerTo(google, request.method ?? 'GET', url, body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const google: DeployServer = {
    port,
    url: `http://127.0.0.1:${port}/`,
    store: emptyStore(services),
    served: new Map(),
    builds: [],
    ending: 'SUCCESS',
    cancelled: [],
    log: [],
    archives: [],
    removed: [],
    unknown: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return google;
}

/**
 * A proxy is asked for whole addresses, and these have the region before a number, which is no name of a host. Of Cloud Run's first
 * API, the words before its version go.
 */
function pathOf(url: string): string {
  return url.replace(/^http:\/\/[^/]+/, '').replace('/apis/serving.knative.dev/', '/');
}

function answerTo(google: DeployServer, method: string, url: URL, text: string) {
  const asked = askedOf(method, url, text);
  // gcloud says how many versions it removes with a secret.
  if (method === 'GET' && asked.path.endsWith('/versions')) return { status: 200, body: {} };
  const own =
    buckets(google, url, text) ??
    builds(google, asked) ??
    logs(google, asked) ??
    images(google, asked) ??
    run(google, asked);
  if (own) return { status: 200, body: own };
  const { status, body } = handle(google.store, asked);
  if (status === 404) google.unknown.push(`${method} ${url.pathname}`);
  if (asked.api === 'cloudfunctions' && status === 200) revise(google, asked);
  if (asked.verb === 'generateUploadUrl') {
    return { status, body: { ...body, uploadUrl: `${google.url}upload/v1/source` } };
  }
  return { status, body: structuredClone(body) };
}

/** gcloud's bucket, and what is put into it. */
function buckets(google: DeployServer, url: URL, text: string): Fields | undefined {
  const id = 'acme-drover_cloudbuild';
  if (url.pathname === `/storage/b/${id}`) return { id, name: id };
  if (url.pathname === '/storage/b') return { items: [{ id, name: id }] };
  if (!url.pathname.startsWith('/upload/storage/')) return undefined;
  const size = /"size": "(\d+)"/.exec(text)?.[1];
  const [boundary = ''] = text.split(/\r?\n/, 1);
  // What is uploaded is the message's second part, after the empty line that ends the part's headers.
  const part = text.split(boundary)[2] ?? '';
  const begins = (/(?:\r?\n){2}/.exec(part)?.index ?? 0) + '\n\n'.length;
  google.archives.push(Buffer.from(part.slice(begins, begins + Number(size)), 'latin1'));
  return { bucket: id, name: url.searchParams.get('name'), generation: '1', size };
}

function builds(google: DeployServer, { api, method, path, verb, query, body }: Asked) {
  if (api !== 'cloudbuild' || !/\/builds(\/\d+)?$/.test(path)) return undefined;
  const projectId = path.split('/')[1];
  const described = (id: string): Fields => {
    const submitted = google.builds[Number(id) - 1] ?? {};
    const status = google.cancelled.includes(id) ? 'CANCELLED' : google.ending;
    const made = imagesOf(submitted).map((name) => ({ name, digest: digestOf(name) }));
    const results = status === 'SUCCESS' ? { results: { images: made } } : {};
    const logUrl = `https://console.example/${id}`;
    return { ...submitted, id, name: path, projectId, status, logUrl, ...results };
  };
  const id = path.slice(path.lastIndexOf('/') + 1);
  if (verb === 'cancel') {
    google.cancelled.push(id);
    return described(id);
  }
  if (method === 'GET' && path.endsWith('/builds')) {
    const tag = /^tags="(.*)"$/.exec(query.get('filter') ?? '')?.[1];
    const all = google.builds.map((_, at) => described(String(at + 1)));
    return { builds: all.filter(({ tags }) => Array.isArray(tags) && tags.includes(tag)) };
  }
  if (method === 'GET') return described(id);
  google.builds.push(body);
  const count = String(google.builds.length);
  const metadata = { build: { ...described(count), name: `${path}/${count}`, status: 'QUEUED' } };
  return { name: `operations/build/${count}`, metadata };
}

function logs({ log }: DeployServer, { api, path, verb }: Asked): Fields | undefined {
  if (api !== 'logging' || path !== 'entries' || verb !== 'list') return undefined;
  return {
    entries: log.map((textPayload, at) => ({
      insertId: String(at),
      timestamp: '2026-01-01T00:00:00Z',
      textPayload,
    })),
  };
}

/** Images that a build has made are in the repository under their tag, until they are removed. */
function images(google: DeployServer, { api, method, path, query }: Asked): Fields | undefined {
  if (api !== 'artifactregistry') return undefined;
  if (path.includes('/operations/')) return { name: path, done: true, response: {} };
  const made = google.ending === 'SUCCESS' ? google.builds.flatMap(imagesOf) : [];
  const there = made.filter((image) => !google.removed.includes(image));
  if (path.endsWith('/dockerImages')) return { dockerImages: there.map(dockerImage) };
  const [, name, kind, id] =
    /\/packages\/([\w-]+)\/(tags|versions)(?:\/([\w:]+))?$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const own = there.filter((image) => image.includes(`/drover/${name}:`));
  const tagged = (image: string): Fields => ({
    name: `${path.replace(/\/tags.*/, '/tags')}/${tagOf(image)}`,
    version: `${path.replace(/\/tags.*/, '/versions')}/${digestOf(image)}`,
  });
  if (kind === 'tags' && id === undefined) {
    const version = /sha256:[0-9a-f]{64}/.exec(query.get('filter') ?? '')?.[0];
    return { tags: own.filter((image) => digestOf(image) === version).map(tagged) };
  }
  const image = own.find((each) => tagOf(each) === id || digestOf(each) === id);
  if (image === undefined) return undefined;
  if (kind === 'tags') return method === 'DELETE' ? {} : tagged(image);
  if (method === 'DELETE') google.removed.push(image);
  return {
    name: `${path.replace(/\/repositories.*/, '')}/operations/delete`,
    done: true,
    response: {},
  };
}

/** Names of the images of a build, with their tags. */
function imagesOf({ images: made }: Fields): string[] {
  return Array.isArray(made) ? made.map(String) : [];
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}

function digestOf(image: string): string {
  return `sha256:${tagOf(image).padEnd(64, '0')}`;
}

function dockerImage(image: string): Fields {
  return {
    uri: `${image.slice(0, image.lastIndexOf(':'))}@${digestOf(image)}`,
    tags: [tagOf(image)],
    imageSizeBytes: '100000000',
    uploadTime: '2026-01-01T00:00:00Z',
  };
}

/** Cloud Run: the list of its second API, and the services of its first, by which gcloud shares traffic. */
function run(google: DeployServer, { api, method, path, body }: Asked): Fields | undefined {
  if (api !== 'run') return undefined;
  if (method === 'GET' && path.endsWith('/services')) {
    return { services: [...google.served].map((entry) => listed(google.store, path, ...entry)) };
  }
  const revisionsOf = /\/services\/([\w-]+)\/revisions$/.exec(path)?.[1];
  if (revisionsOf !== undefined) {
    const { revisions = [] } = google.served.get(revisionsOf) ?? {};
    return { revisions: revisions.map((name, at) => ({ name, createTime: `2026-01-0${at + 1}` })) };
  }
  const id = /^namespaces\/[^/]+\/services\/([\w-]+)$/.exec(path)?.[1];
  const served = google.served.get(id ?? '');
  if (id === undefined || !served) return undefined;
  if (method === 'PUT') served.traffic = fieldsAt(body, 'spec').traffic as Target[];
  return described(id, served);
}

function described(name: string, { revisions, traffic }: Served): Fields {
  const latest = revisions.at(-1);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: '123456789012', generation: 1, annotations: {} },
    spec: { template: { metadata: {}, spec: { containers: [{ image: 'image' }] } }, traffic },
    status: {
      observedGeneration: 1,
      latestReadyRevisionName: latest,
      latestCreatedRevisionName: latest,
      url: `https://${name}.a.run.app`,
      conditions: ['Ready', 'RoutesReady', 'ConfigurationsReady'].map((type) => ({
        type,
        status: 'True',
      })),
      traffic,
    },
  };
}

function listed(store: Store, path: string, id: string, { revisions, traffic }: Served): Fields {
  const latest = `x/revisions/${revisions.at(-1)}`;
  const fn = store.things.get(`cloudfunctions/${path.replace(/services$/, `functions/${id}`)}`);
  const variables = fieldsAt(fieldsAt(fn?.fields, 'serviceConfig'), 'environmentVariables');
  const env = [{ name: versionVariable, value: textAt(variables, versionVariable) }];
  return {
    name: `${path}/${id}`,
    latestReadyRevision: latest,
    latestCreatedRevision: latest,
    template: { containers: [{ env }] },
    traffic: traffic.map(({ revisionName, percent }) =>
      revisionName === undefined
        ? { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent }
        : {
            type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
            revision: revisionName,
            percent,
          },
    ),
  };
}

/** A function that is deployed has a new revision, which gets the traffic that goes to the newest. */
function revise(google: DeployServer, { method, path, query, body }: Asked): void {
  const id =
    method === 'POST' && path.endsWith('/functions')
      ? query.get('functionId')
      : method === 'PATCH'
        ? path.slice(path.lastIndexOf('/') + 1)
        : null;
  if (id === null) return;
  const served = google.served.get(id) ?? {
    revisions: [],
    traffic: [{ latestRevision: true, percent: 100 }],
  };
  served.revisions.push(`${id}-0000${served.revisions.length + 1}`);
  if (fieldsAt(body, 'serviceConfig').allTrafficOnLatestRevision === true) {
    served.traffic = [{ latestRevision: true, percent: 100 }];
  }
  google.served.set(id, served);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}
