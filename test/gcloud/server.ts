import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Asked, type Fields, Refused } from './answer.ts';
import { handle } from './handle.ts';
import { emptyStore, type Store } from './store.ts';

/** The APIs that a deployment is made by, as gcloud names them. */
export const apis: readonly string[] = [
  'artifactregistry',
  'cloudbilling',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'firebaserules',
  'firestore',
  'iam',
  'logging',
  'monitoring',
  'orgpolicy',
  'pubsub',
  'run',
  'secretmanager',
  'serviceusage',
  'storage',
];

/** A request and what it was answered. */
export interface Recorded extends Asked {
  answer: Answer;
  /** Of whoever asked. */
  token: string;
}

/** What a request meets before it is handled: a refusal, another answer, or nothing. */
export type Fault = (asked: Asked) => Refused | Fields | undefined;

export interface GoogleServer {
  /** Where it listens: `http://127.0.0.1:1234/`. Each API is below its name. */
  url: string;
  /** What is in the project. May be exchanged. */
  store: Store;
  /** Everything that arrived. */
  recorded: Recorded[];
  /** Consulted for each request. */
  fault: Fault | undefined;
  close(): Promise<void>;
}

/** A server that answers like Google's APIs, for one project, and writes down what it is asked. */
export async function serveGoogle(): Promise<GoogleServer> {
  const server = createServer((request, response) => {
    void read(request).then((asked) => {
      const answer = answerTo(google, asked);
      const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      google.recorded.push({ ...asked, answer, token });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const google: GoogleServer = {
    url,
    store: emptyStore(),
    recorded: [],
    fault: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return google;
}

function answerTo(google: GoogleServer, asked: Asked): Answer {
  const fault = google.fault?.(asked);
  if (fault) return faulty(fault);
  const { status, body } = handle(google.store, asked);
  if (asked.verb === 'generateUploadUrl' && status === 200) {
    return { status, body: { ...body, uploadUrl: `${google.url}upload/v1/source` } };
  }
  // A copy: what the project has goes on changing.
  return { status, body: structuredClone(body) };
}

export function faulty(fault: Refused | Fields): Answer {
  return fault instanceof Refused ? fault.answer : { status: 200, body: fault };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  // Of a request to a proxy the host is dropped: gcloud puts a region before it, and what that makes is no address.
  const path = (request.url ?? '/').replace(/^http:\/\/[^/]*/, '');
  const url = new URL(path, 'http://127.0.0.1');
  return askedOf(request.method ?? 'GET', url, Buffer.concat(chunks).toString('utf8'));
}

/** Reads the path of a request: `/<api>/<version>/<path>:<verb>`; Cloud Run's first API has words before its version. */
export function askedOf(method: string, url: URL, text: string): Asked {
  const [, api = '', rest = ''] =
    /^\/([a-z]+)\/(?:apis\/run\.googleapis\.com\/)?v[\w]+\/(.*)$/.exec(
      decodeURIComponent(url.pathname),
    ) ?? [];
  const [, named = '', verb] = /^(.*?)(?::([A-Za-z]+))?$/.exec(rest) ?? [];
  // An account has its project in its name.
  const path = named.replace(
    /^projects\/-\/(serviceAccounts\/[^@]+@([^.]+)\.)/,
    (_, account: string, project: string) => `projects/${project}/${account}`,
  );
  return { api, method, path, verb, query: url.searchParams, body: bodyOf(text) };
}

function bodyOf(text: string): Fields {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : {};
  } catch {
    // An uploaded archive.
    return {};
  }
}
