import { EngineError } from '../engines/engine.ts';
import type { Listed, ListRequest, SecretsEngine } from '../engines/secrets/index.ts';
import { definition } from './protos.ts';
import {
  newSecret,
  secretMessage,
  updatedFields,
  versionMessage,
  type WireSecret,
} from './secrets-messages.ts';
import type { Message, WireService } from './server.ts';

interface Named {
  name: string;
  etag: string;
}

interface ListMessage {
  parent: string;
  pageSize: number;
  pageToken: string;
  filter: string;
}

/** SecretManagerService v1 on the wire. Regional secrets, topics, rotation and IAM are not there. */
export function secretsService(engine: SecretsEngine): WireService {
  return {
    definition: definition('google.cloud.secretmanager.v1.SecretManagerService'),
    unary: {
      CreateSecret: (request) => {
        const { parent, secretId, secret } = request as unknown as {
          parent: string;
          secretId: string;
          secret: WireSecret | null;
        };
        if (!secret) throw new EngineError('INVALID_ARGUMENT', 'Secret must be provided.');
        return secretMessage(engine.createSecret(parent, secretId, newSecret(secret)));
      },
      GetSecret: (request) => secretMessage(engine.getSecret(named(request).name)),
      UpdateSecret: (request) => {
        const { secret, updateMask } = request as unknown as {
          secret: WireSecret | null;
          updateMask: { paths: string[] } | null;
        };
        if (!secret) throw new EngineError('INVALID_ARGUMENT', 'Secret must be provided.');
        const fields = updatedFields(updateMask?.paths ?? []);
        const changes = newSecret(secret);
        return secretMessage(engine.updateSecret(secret.name, changes, fields, secret.etag));
      },
      ListSecrets: (request) => {
        const { parent, ...page } = listRequest(request);
        return listMessage('secrets', engine.listSecrets(parent, page), secretMessage);
      },
      DeleteSecret: (request) => {
        const { name, etag } = named(request);
        engine.deleteSecret(name, etag);
        return {};
      },
      AddSecretVersion: (request) => {
        const { parent, payload } = request as unknown as {
          parent: string;
          payload: { data: Buffer; dataCrc32c?: string } | null;
        };
        if (!payload) throw new EngineError('INVALID_ARGUMENT', 'Field [payload] is required.');
        const { data, dataCrc32c: sent } = payload;
        const checksum = sent === undefined ? undefined : Number(sent);
        return versionMessage(engine.addSecretVersion(parent, data, checksum));
      },
      GetSecretVersion: (request) => versionMessage(engine.getSecretVersion(named(request).name)),
      ListSecretVersions: (request) => {
        const { parent, ...page } = listRequest(request);
        return listMessage('versions', engine.listSecretVersions(parent, page), versionMessage);
      },
      AccessSecretVersion: (request) => {
        const { name, data, checksum } = engine.accessSecretVersion(named(request).name);
        return { name, payload: { data, dataCrc32c: String(checksum) } };
      },
      EnableSecretVersion: (request) => {
        const { name, etag } = named(request);
        return versionMessage(engine.enableSecretVersion(name, etag));
      },
      DisableSecretVersion: (request) => {
        const { name, etag } = named(request);
        return versionMessage(engine.disableSecretVersion(name, etag));
      },
      DestroySecretVersion: (request) => {
        const { name, etag } = named(request);
        return versionMessage(engine.destroySecretVersion(name, etag));
      },
    },
  };
}

function named(request: Message): Named {
  return request as unknown as Named;
}

function listRequest(request: Message): ListRequest & { parent: string } {
  const { parent, filter, pageSize, pageToken } = request as unknown as ListMessage;
  return { parent, filter, size: pageSize, token: pageToken };
}

function listMessage<T>(
  field: string,
  { items, next, total }: Listed<T>,
  message: (item: T) => Message,
): Message {
  return { [field]: items.map(message), nextPageToken: next ?? '', totalSize: total };
}
