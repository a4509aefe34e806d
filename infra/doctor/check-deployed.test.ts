import { afterEach, describe, expect, it } from 'vitest';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { type TestBench, testBench } from '../deploy/test-bench.ts';
import { checkDeployed } from './check-deployed.ts';

const benches: TestBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

async function deployed(): Promise<TestBench> {
  const bench = testBench();
  benches.push(bench);
  await bench.deploy();
  return bench;
}

async function found(bench: TestBench, digest: string | undefined = 'first') {
  const { documents, secrets, versions, clock } = bench;
  const findings = await checkDeployed(bench.context(), {
    clock,
    ports: { documents, secrets, versions },
    upload: digest === undefined ? undefined : { directory: '/upload', digest },
  });
  return findings.map(({ code, subject }) => `${code} ${subject}`);
}

describe('what was deployed', () => {
  it('has nothing to look at when another deployment would do nothing', async () => {
    const bench = await deployed();
    const before = [...bench.google.effects];
    expect(await found(bench)).toEqual([]);
    expect(bench.google.effects).toEqual(before);
  });

  it('is out of date where a deployment would do something, of which it does nothing', async () => {
    const bench = await deployed();
    const before = [...bench.google.effects];
    bench.write('agents/script/run.sh', '#!/bin/sh\necho more\n');
    bench.write('.drover/credentials/github_token/default/token', 'ghp_other');
    const lines = await found(bench, 'second');
    expect(lines).toEqual(
      expect.arrayContaining([
        'CREDENTIAL_CHANGED credential github_token:default',
        'IMAGE_NOT_BUILT image script',
        'FUNCTION_OUTDATED function drover-webhook',
        'RELEASE_OUTDATED release',
      ]),
    );
    expect(lines.filter((line) => line.startsWith('FUNCTION_OUTDATED'))).toHaveLength(7);
    expect(bench.google.effects).toEqual(before);
  });

  it('lacks an image where one that the current release names was removed', async () => {
    const bench = await deployed();
    const [image = ''] = [...bench.google.images].filter((name) => name.startsWith('script:'));
    bench.google.images.delete(image);
    expect(await found(bench)).toEqual([
      'IMAGE_GONE image of script',
      'IMAGE_NOT_BUILT image script',
      'RELEASE_OUTDATED release',
    ]);
  });

  it('is not compared where the functions are not compiled here', async () => {
    const bench = await deployed();
    bench.write('agents/script/SKILL.md', 'Walk.');
    const { documents, secrets, versions, clock } = bench;
    const options = { clock, ports: { documents, secrets, versions }, upload: undefined };
    expect(await checkDeployed(bench.context(), options)).toEqual([]);
  });

  it('lacks a release before the first deployment', async () => {
    const bench = testBench();
    benches.push(bench);
    const lines = await found(bench);
    expect(lines).toContain('RELEASE_MISSING release');
    expect(lines.join()).not.toMatch(/RELEASE_OUTDATED|FUNCTION_OUTDATED/);
  });

  it('says that the project is paused, and how it goes on', async () => {
    const bench = await deployed();
    const current = await bench.documents.get<Current>(currentPath);
    const paused = { at: '2026-01-01T00:00:00Z', by: 'octavia', why: 'a rest' };
    await bench.documents.commit([
      { op: 'set', path: currentPath, data: { ...current?.data, paused } as Current },
    ]);
    const { documents, secrets, versions, clock } = bench;
    const [first] = await checkDeployed(bench.context(), {
      clock,
      ports: { documents, secrets, versions },
      upload: undefined,
    });
    expect(first).toMatchObject({ code: 'PAUSED', severity: 'warning' });
    expect(first?.mend).toEqual(['drover resume']);
  });

  it('says which functions have two versions that serve', async () => {
    const bench = await deployed();
    await bench.deploy({ share: 10, upload: { directory: '/upload', digest: 'second' } });
    expect(await found(bench, 'second')).toEqual(
      expect.arrayContaining(['FUNCTION_SHARED traffic']),
    );
  });
});
