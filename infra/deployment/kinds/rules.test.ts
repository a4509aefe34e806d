import { describe, expect, it } from 'vitest';
import { withAnswers } from '../answers.ts';
import type { Rules } from '../resource.ts';
import { rulesKind as kind } from './rules.ts';
import { deployment, told, typed } from './test-kind.ts';

const denying = (condition: string): string =>
  `service cloud.firestore {\n  // allow read: if true;\n  match /{a=**} {\n    allow read, write: if ${condition};\n  }\n}`;
const wanted: Rules = {
  kind: 'rules',
  id: 'cloud.firestore',
  why: '',
  source: denying('false'),
  needs: [],
};
const release = { rulesetName: 'projects/acme-drover/rulesets/r1' };
const found = (content: string) => {
  const ruleset = { source: { files: [{ name: 'firestore.rules', content }] } };
  const [only] = kind.read(deployment, [wanted], [release, ruleset]).values();
  if (!only) throw new Error('not found');
  return only;
};

describe('security rules', () => {
  it('are looked up by the name that their release has', () => {
    const [first, second] = kind.list(deployment, [wanted]);
    expect(first && typed(first)).toBe(
      'GET https://firebaserules.googleapis.com/v1/projects/acme-drover/releases/cloud.firestore',
    );
    expect(second && withAnswers(second, [release])).toMatchObject({
      url: 'https://firebaserules.googleapis.com/v1/projects/acme-drover/rulesets/r1',
    });
    expect(second && withAnswers(second, [undefined])).toBeUndefined();
  });

  it('are as they should be when they allow nothing, however they are written', () => {
    expect(kind.compare(deployment, wanted, found(wanted.source))).toEqual([]);
    expect(kind.compare(deployment, wanted, found(denying(' false ')))).toEqual([]);
  });

  it('that allow something are not', () => {
    expect(told(kind.compare(deployment, wanted, found(denying('request.auth != null'))))).toEqual([
      'allowed: allow read, write: if request.auth != null; > nothing',
    ]);
    expect(kind.compare(deployment, wanted, found('match /a { allow read; }'))).toHaveLength(1);
  });

  it('are released under the name that Google gave the ruleset', () => {
    const [, create] = kind.create(deployment, wanted);
    expect(create && withAnswers(create, [{ name: 'projects/acme-drover/rulesets/r2' }])).toEqual({
      tool: 'api',
      method: 'POST',
      url: 'https://firebaserules.googleapis.com/v1/projects/acme-drover/releases',
      body: {
        name: 'projects/acme-drover/releases/cloud.firestore',
        rulesetName: 'projects/acme-drover/rulesets/r2',
      },
    });
  });

  it('are not there without a release', () => {
    expect(kind.read(deployment, [wanted], [undefined, undefined]).size).toBe(0);
  });
});
