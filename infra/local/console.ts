import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Data, Documents } from '../../shared/ports/index.ts';
import type { FirestoreEngine } from './engines/firestore/index.ts';
import type { Issuer } from './issuer.ts';

/** What a browser sees of the local cloud: Firestore's documents, as its console would show them, and the token keys. */
export interface Console {
  url: string;
  /** Where the public keys of the local OIDC tokens are. */
  keysUrl: string;
  close(): Promise<void>;
}

interface ConsoleOptions {
  firestore: FirestoreEngine;
  documents: Documents;
  issuer: Issuer;
  port: number;
}

/** Documents that a page of a collection shows: of runs and deliveries, the newest. */
const pageSize = 100;

export async function serveConsole(options: ConsoleOptions): Promise<Console> {
  const { issuer, port } = options;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://console');
    if (pathname === '/keys') {
      respond(response, 'application/json', JSON.stringify(issuer.jwks()));
      return;
    }
    const path = decodable(pathname).replace(/^\/+|\/+$/g, '');
    const asPage = (request.headers.accept ?? '').includes('text/html');
    view(options, path).then(
      (found) =>
        asPage
          ? respond(response, 'text/html; charset=utf-8', page(path, found))
          : respond(response, 'application/json', `${JSON.stringify(found.shown, null, 2)}\n`),
      (error: unknown) => {
        response.statusCode = 400;
        respond(response, 'text/plain', String(error));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keysUrl: `${url}/keys`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A path that is no percent-encoding is a path that is not there. */
function decodable(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** By which field the newest of a collection come first; others are shown by id. */
const newestFirst: { readonly [collection: string]: string } = {
  runs: 'admittedAt',
  deliveries: 'receivedAt',
};

interface View {
  /** The document, or the collection's documents by id. */
  shown: unknown;
  /** Paths that can be opened from here. */
  links: string[];
}

async function view({ firestore, documents }: ConsoleOptions, path: string): Promise<View> {
  const segments = path === '' ? [] : path.split('/');
  if (segments.length % 2 === 0) {
    const document = path === '' ? undefined : await documents.get(path);
    const prefix = path === '' ? '' : `${path}/`;
    const links = firestore.collectionIds(path).map((id) => `${prefix}${id}`);
    return { shown: document ? readable(document.data) : links, links };
  }
  const field = newestFirst[path];
  const found = await documents.query({
    collection: path,
    limit: pageSize,
    ...(field ? { orderBy: [[field, 'desc']] as const } : {}),
  });
  return {
    shown: Object.fromEntries(found.map(({ id, data }) => [id, readable(data)])),
    links: found.map((document) => document.path),
  };
}

/** Bytes are named, not shown. */
function readable(data: Data): unknown {
  return JSON.parse(
    JSON.stringify(data, (_key, value: unknown) =>
      isBytes(value) ? `${value.data?.length ?? Object.keys(value).length} bytes` : value,
    ),
  );
}

function isBytes(value: unknown): value is { data?: unknown[] } {
  return (
    value instanceof Uint8Array ||
    (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer')
  );
}

function page(path: string, { shown, links }: View): string {
  const up = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const items = links.map(
    (link) => `<li><a href="/${encodeURI(link)}">${escapeHtml(link)}</a></li>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>${escapeHtml(path || 'Firestore')}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem;max-width:70rem}pre{background:#f6f6f4;padding:1rem;overflow:auto}</style>
<h1>${escapeHtml(path || 'Firestore')}</h1>${path ? `<p><a href="/${encodeURI(up)}">up</a></p>` : ''}
<ul>${items.join('')}</ul><pre>${escapeHtml(JSON.stringify(shown, null, 2))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function respond(response: ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', type);
  response.end(body);
}
