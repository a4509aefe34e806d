import { createHmac, randomUUID } from 'node:crypto';
import type { Project } from '../../../shared/projects/project.ts';
import { providerOf } from '../../../shared/webhooks/providers.ts';
import { credentialDirectories, readCredentialFiles } from '../../credential-files.ts';

/** A webhook request as GitHub sends it, signed. */
export interface SampleDelivery {
  headers: { [name: string]: string };
  body: string;
}

/** Somebody whose deliveries we can sign. */
export interface Sender {
  /** Name of the webhook source in the project. */
  source: string;
  secret: Uint8Array;
}

/** The first GitHub source of the project, with the secret that signs its deliveries on this machine. */
export function githubSender(directory: string, project: Project): Sender | undefined {
  for (const [source, { type, secrets }] of Object.entries(project.sources)) {
    if (type !== 'github') continue;
    const reference = `${providerOf(type)?.secret?.type}:${secrets[0]}`;
    const filed = readCredentialFiles(credentialDirectories(directory), reference);
    const secret = filed?.fields.secret;
    if (secret) return { source, secret };
  }
  return undefined;
}

/** What the example delivery is about, in a few words. */
export const sampleSubject = 'issues.labeled on acme/pasture#42';

/** GitHub's `issues.labeled`, in the fields that Drover and its example read and some that they do not. */
export function sampleDelivery(secret: Uint8Array): SampleDelivery {
  const person = { login: 'octavia', id: 1001, type: 'User' };
  const body = JSON.stringify({
    action: 'labeled',
    label: { id: 7, name: 'agent', color: '0e8a16' },
    issue: {
      number: 42,
      title: 'Crash when the herd is empty',
      body: 'Counting an empty herd ends with "TypeError: cannot read properties of undefined".',
      html_url: 'https://github.com/acme/pasture/issues/42',
      state: 'open',
      user: person,
      labels: [{ id: 7, name: 'agent', color: '0e8a16' }],
      assignees: [],
      comments: 0,
    },
    repository: {
      id: 9001,
      name: 'pasture',
      full_name: 'acme/pasture',
      private: true,
      owner: { login: 'acme', id: 900, type: 'Organization' },
    },
    organization: { login: 'acme', id: 900 },
    sender: person,
  });
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/drover',
      'x-github-event': 'issues',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': sign(body, secret),
    },
    body,
  };
}

export function sign(body: string, secret: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}
