import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReference } from '../../shared/credentials/reference.ts';
import { builtinTypes, type OwnCredentialTypes } from '../../shared/credentials/types.ts';
import { assignVariables, collisionsOf } from '../../shared/credentials/variables.ts';
import { image } from './run-script.ts';
import { missingPrograms } from './shells.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'drover-rule-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the container would set, as it says it: type, instance, field, kind and name. */
function inTheContainer(credentials: readonly string[], types: OwnCredentialTypes): string[] {
  const config = join(directory, 'config.json');
  const found = join(directory, 'found');
  writeFileSync(config, JSON.stringify({ credentials, credentialTypes: types }));
  writeFileSync(found, credentials.map((text) => `${text.replace(':', '/')}/\n`).join(''));
  const files = [
    ...['--slurpfile', 'types', `${image}credential-types.json`],
    ...['--slurpfile', 'config', config],
    ...['--rawfile', 'found', found],
  ];
  const ran = spawnSync('jq', ['-rn', ...files, '-f', `${image}lib/credentials.jq`], {
    encoding: 'utf8',
  });
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  return ran.stdout.split('\n').filter((line) => line !== '');
}

/** The same by the rule that projects are checked with. */
function byTheProject(credentials: readonly string[], types: OwnCredentialTypes): string[] {
  const references = credentials.flatMap((text) => parseReference(text) ?? []);
  const assignments = assignVariables(references, types);
  return [
    ...[...collisionsOf(assignments).keys()].map((name) => `-\t-\t-\tcollision\t${name}`),
    ...assignments.map(({ type, instance, field, kind, name }) =>
      [type, instance, field, kind, name].join('\t'),
    ),
  ];
}

const variable = fc.constantFrom('PAGER_KEY', 'PAGER_KEY_B', 'GITHUB_TOKEN', 'X');
const types: fc.Arbitrary<OwnCredentialTypes> = fc.dictionary(
  fc.constantFrom('pager', 'constructor', 'siren'),
  fc
    .dictionary(fc.constantFrom('key', 'b'), fc.uniqueArray(variable, { minLength: 1 }), {
      noNullPrototype: true,
    })
    .map((env) => ({ description: '', fields: ['key', 'b'], env })),
  { noNullPrototype: true },
);
const type = fc.constantFrom(
  ...['github_token', 'git_ssh', 'gcp_service_account', 'x_twitter_user_oauth1', 'anthropic_key'],
  ...['pager', 'constructor', 'siren', 'nobody'],
);
const instance = fc.constantFrom('default', 'b', 'B', 'my-bot', 'my_bot', 'secret');
const credentials = fc.array(
  fc.tuple(type, instance).map(([one, other]) => `${one}:${other}`),
  { maxLength: 6 },
);

describe.skipIf(missingPrograms.includes('jq'))('the rule for variables', () => {
  it('is the same in the container as where projects are checked', () => {
    fc.assert(
      fc.property(credentials, types, (listed, own) => {
        expect(inTheContainer(listed, own).sort()).toEqual(byTheProject(listed, own).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('is the same for every built-in type', () => {
    const listed = Object.keys(builtinTypes).flatMap((each) => [`${each}:a`, `${each}:default`]);
    expect(inTheContainer(listed, {}).sort()).toEqual(byTheProject(listed, {}).sort());
  });
});
