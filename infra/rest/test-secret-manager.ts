import { EngineError } from '../local/engines/engine.ts';
import type {
  SecretChanges,
  SecretFields,
  SecretInfo,
  SecretsEngine,
  VersionInfo,
} from '../local/engines/secrets/index.ts';

/** Secret Manager's REST API on an engine of the local cloud, as far as it is asked here: what `fetch` is in its place. */
export function secretManagerFetch(engine: SecretsEngine): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    const body = (init?.body ? JSON.parse(String(init.body)) : {}) as Body;
    try {
      return Response.json(answer(engine, init?.method ?? 'GET', url, body));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const { code, message } = error;
      return Response.json(
        { error: { code: statuses[code] ?? 500, message, status: code } },
        { status: statuses[code] ?? 500 },
      );
    }
  };
}

/** HTTP's words for Google's codes (`google/rpc/code.proto`). */
const statuses: { readonly [code: string]: number } = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
};

interface Body {
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  versionAliases?: { [alias: string]: string };
  replication?: { automatic: object };
  expireTime?: string;
  versionDestroyTtl?: string;
  payload?: { data: string };
}

function answer(engine: SecretsEngine, method: string, url: URL, body: Body): object {
  const [path = '', verb = ''] = url.pathname.slice('/v1/'.length).split(':');
  const page = {
    filter: url.searchParams.get('filter') ?? '',
    size: Number(url.searchParams.get('pageSize') ?? 0),
    token: url.searchParams.get('pageToken') ?? '',
  };
  const [, parent = '', , secret = '', versions, version] =
    /^(projects\/[^/]+)\/secrets(\/([^/]+)(?:\/(versions)(?:\/([^/]+))?)?)?$/.exec(path) ?? [];
  const name = `${parent}/secrets/${secret}`;
  const versionName = `${name}/versions/${version}`;
  if (parent === '') throw new EngineError('NOT_FOUND', `nothing at ${url.pathname}`);
  if (secret === '') {
    if (method === 'POST') {
      const id = url.searchParams.get('secretId') ?? '';
      return secretJson(
        engine.createSecret(parent, id, { ...changes(body), ...replication(body) }),
      );
    }
    const { items, next } = engine.listSecrets(parent, page);
    return { secrets: items.map(secretJson), ...(next !== undefined && { nextPageToken: next }) };
  }
  switch (
    `${method} ${versions === undefined ? 'secret' : version === undefined ? 'versions' : 'version'}${verb === '' ? '' : `:${verb}`}`
  ) {
    case 'GET secret':
      return secretJson(engine.getSecret(name));
    case 'PATCH secret':
      return secretJson(engine.updateSecret(name, changes(body), maskOf(url)));
    case 'DELETE secret':
      engine.deleteSecret(name);
      return {};
    case 'POST secret:addVersion':
      return versionJson(
        engine.addSecretVersion(name, Buffer.from(body.payload?.data ?? '', 'base64')),
      );
    case 'GET versions': {
      const { items, next } = engine.listSecretVersions(name, page);
      return {
        versions: items.map(versionJson),
        ...(next !== undefined && { nextPageToken: next }),
      };
    }
    case 'GET version:access': {
      const { data } = engine.accessSecretVersion(versionName);
      return { name: versionName, payload: { data: data.toString('base64') } };
    }
    case 'POST version:destroy':
      return versionJson(engine.destroySecretVersion(versionName));
    default:
      throw new EngineError('NOT_FOUND', `nothing at ${method} ${url.pathname}`);
  }
}

function replication({ replication: asked }: Body) {
  return asked ? { replication: { automatic: {} } } : {};
}

function changes({
  labels,
  annotations,
  versionAliases,
  expireTime,
  versionDestroyTtl,
}: Body): SecretChanges {
  const aliases = Object.entries(versionAliases ?? {}).map(([alias, number]) => [
    alias,
    Number(number),
  ]);
  return {
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(versionAliases && { aliases: Object.fromEntries(aliases) }),
    ...(expireTime !== undefined && { expireAt: Date.parse(expireTime) }),
    ...(versionDestroyTtl !== undefined && {
      destroyTtlMs: Number(versionDestroyTtl.replace(/s$/, '')) * 1_000,
    }),
  };
}

const fields: { readonly [path: string]: keyof SecretFields } = {
  labels: 'labels',
  annotations: 'annotations',
  versionAliases: 'aliases',
  expireTime: 'expireAt',
  versionDestroyTtl: 'destroyTtlMs',
};

function maskOf(url: URL): (keyof SecretFields)[] {
  return (url.searchParams.get('updateMask') ?? '').split(',').map((path) => {
    const field = fields[path];
    if (field) return field;
    throw new EngineError('INVALID_ARGUMENT', `The update mask path [${path}] is invalid.`);
  });
}

function secretJson({ name, labels, annotations, aliases, createdAt }: SecretInfo): object {
  // Google leaves out what is empty, and writes numbers of 64 bits as texts.
  const named = Object.entries(aliases).map(([alias, number]) => [alias, String(number)]);
  return {
    name,
    createTime: new Date(createdAt).toISOString(),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(named.length > 0 && { versionAliases: Object.fromEntries(named) }),
  };
}

function versionJson({ name, state, createdAt, destroyAt }: VersionInfo): object {
  return {
    name,
    state,
    createTime: new Date(createdAt).toISOString(),
    ...(destroyAt !== undefined && { scheduledDestroyTime: new Date(destroyAt).toISOString() }),
  };
}
