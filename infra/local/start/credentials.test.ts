import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCredential } from '../../../shared/credentials/home.ts';
import { projectOf } from '../../../test/project.ts';
import { createWorld } from '../../../test/world.ts';
import { pushCredentials } from './credentials.ts';

const project = projectOf({ triage: {} });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drover-project-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(instance: string, key: string): void {
  const folder = join(directory, '.drover', 'credentials', 'gateway_api_key', instance);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'key'), `${key}\n`);
}

describe('the keys of the control API', () => {
  it('are taken from their files, the one for looking where there is one', async () => {
    const { ports } = await createWorld({ project });
    file('default', 'the-operators-key');
    file('viewer', 'the-viewers-key');
    await pushCredentials(ports.secrets, directory, project);
    for (const [instance, key] of [
      ['default', 'the-operators-key'],
      ['viewer', 'the-viewers-key'],
    ]) {
      const reference = { type: 'gateway_api_key', instance: instance ?? '' };
      const fields = await readCredential(ports, reference);
      expect(Buffer.from(fields?.key ?? []).toString()).toBe(key);
    }
  });

  it('are made up, all but the one for looking, which nobody needs', async () => {
    const { ports } = await createWorld({ project });
    const notes = await pushCredentials(ports.secrets, directory, project);
    expect(notes.join('\n')).toMatch(/made a key of the control API: \S+default\/key/);
    expect(notes.join('\n')).not.toContain('viewer');
  });
});

describe('the credentials of agents', () => {
  it('whose fields are not those of their type are noted, and kept all the same', async () => {
    const own = { description: '', fields: ['key'], env: {} };
    const agent = { credentials: ['pager:default'], credentialTypes: { pager: own } };
    const { ports } = await createWorld({ project });
    const folder = join(directory, '.drover', 'credentials', 'pager', 'default');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kee'), 'x');
    const notes = await pushCredentials(ports.secrets, directory, projectOf({ triage: agent }));
    expect(notes).toContainEqual(
      'credential pager:default: has no key; its type does not know kee (did you mean key?)',
    );
    const kept = await readCredential(ports, { type: 'pager', instance: 'default' });
    expect(Object.keys(kept ?? {})).toEqual(['kee']);
  });
});

describe('the address of notifications', () => {
  const told = { ...project, notifications: { instance: 'default', about: [] } };

  it('is never made up, and missed', async () => {
    const { ports } = await createWorld({ project: told });
    const notes = await pushCredentials(ports.secrets, directory, told);
    expect(notes).toContainEqual(
      expect.stringMatching(/^credential slack_webhook:default is missing: nobody will be told/),
    );
    const reference = { type: 'slack_webhook', instance: 'default' };
    expect(await readCredential(ports, reference)).toBeUndefined();
  });
});
