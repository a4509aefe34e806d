import { afterEach, describe, expect, test } from 'vitest';
import { keepCredential } from '../../shared/credentials/home.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { commandLine } from '../gcloud/command-line.ts';
import { GoogleRefusal } from '../gcloud/google.ts';
import { sampleProject, type TestBench, testBench } from './test-bench.ts';

let bench: TestBench;
afterEach(() => bench.close());

const deployedFunctions = (): string[] =>
  bench.google.effects
    .filter((line) => line.startsWith('functions deploy'))
    .map((line) => line.split(' ')[2] ?? '');

describe('a deployment', () => {
  test('does credentials, images, functions and the release, in this order', async () => {
    bench = testBench();
    const { steps } = await bench.deploy();
    expect(steps).toEqual([
      'credential github_webhook_secret:default',
      'credential github_token:default',
      'credential anthropic_key:default',
      'image script',
      'image agent',
      'function poll',
      'function dispatch',
      'function logs',
      'function tick',
      'function gateway',
      'function control',
      'function webhook',
      'release',
    ]);
  });

  test('finds nothing to do the second time', async () => {
    bench = testBench();
    await bench.deploy();
    const before = [...bench.google.effects];
    expect((await bench.deploy()).steps).toEqual([]);
    expect(bench.google.effects).toEqual(before);
  });

  test('names the images of a release by their digests, and leaves an image that the agent names', async () => {
    bench = testBench();
    await bench.deploy();
    const current = await bench.documents.get('project/current');
    const release = await bench.documents.get(`releases/${current?.data.release}`);
    expect(release?.data.agents).toMatchObject({
      script: {
        image: expect.stringMatching(
          /^europe-west1-docker\.pkg\.dev\/demo-project\/drover\/script@sha256:[0-9a-f]{64}$/,
        ),
      },
      courier: { image: 'example.com/courier:1' },
    });
  });

  test('puts values into Secret Manager as they lie on this machine, without the end of line', async () => {
    bench = testBench();
    await bench.deploy();
    const value = await bench.secrets.access('drover-cred-github_token-default', 'token');
    expect(Buffer.from(value).toString()).toBe('ghp_secret');
  });

  test('builds only the image whose files changed', async () => {
    bench = testBench();
    await bench.deploy();
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    expect((await bench.deploy()).steps).toEqual(['image script', 'release']);
  });

  test('publishes a changed project without building anything', async () => {
    bench = testBench();
    await bench.deploy();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    expect((await bench.deploy()).steps).toEqual(['release']);
  });

  test('deploys every function anew when what is uploaded changed', async () => {
    bench = testBench();
    await bench.deploy();
    const { steps } = await bench.deploy({ upload: { directory: '/upload', digest: 'second' } });
    expect(steps).toHaveLength(7);
  });

  test('says which credentials are missing, and goes on', async () => {
    const { '.drover/credentials/github_token/default/token': _, ...files } = sampleProject;
    bench = testBench(files);
    const { notes } = await bench.deploy();
    expect(notes).toEqual([
      expect.stringMatching(/^credential github_token:default is missing: runs that need it fail/),
    ]);
  });

  test('takes a credential that lies nowhere here and is in Secret Manager for granted', async () => {
    const { '.drover/credentials/github_token/default/token': _, ...files } = sampleProject;
    bench = testBench(files);
    const value = { token: Buffer.from('of somebody else') };
    await keepCredential(bench, { type: 'github_token', instance: 'default' }, value);
    expect((await bench.deploy()).notes).toEqual([]);
  });

  test('changes nothing when a credential has a value that Secret Manager refuses', async () => {
    bench = testBench({
      ...sampleProject,
      '.drover/credentials/github_token/default/token': 'x'.repeat(65_537),
    });
    await expect(bench.deploy()).rejects.toMatchObject({ code: 'CREDENTIAL_WRONG' });
    expect(bench.google.effects).toEqual([]);
  });

  test.each([0, 100, 2.5])('refuses a share of %s before it changes anything', async (share) => {
    bench = testBench();
    await expect(bench.deploy({ share })).rejects.toMatchObject({ code: 'WRONG_COMMAND_LINE' });
    expect(bench.google.effects).toEqual([]);
  });

  test('leaves a credential as it is that was rotated since, of which the files have an older value', async () => {
    bench = testBench();
    await bench.deploy();
    bench.write('.drover/credentials/github_token/default/token', 'ghp_newer');
    expect((await bench.deploy()).steps).toEqual(['credential github_token:default']);
    bench.write('.drover/credentials/github_token/default/token', 'ghp_secret');
    const { steps, notes } = await bench.deploy();
    expect(steps).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^credential github_token:default is left as it is/),
    ]);
    const value = await bench.secrets.access('drover-cred-github_token-default', 'token');
    expect(Buffer.from(value).toString()).toBe('ghp_newer');
  });

  test('prints no value of a credential, in a dry run neither', async () => {
    bench = testBench();
    await bench.deploy({ isDryRun: true });
    await bench.deploy();
    const printed = bench.events.map((event) =>
      event.kind === 'command' ? commandLine(event.command) : JSON.stringify(event),
    );
    expect(printed.length).toBeGreaterThan(20);
    for (const secret of ['ghp_secret', 'sk-ant-secret']) {
      const encoded = Buffer.from(secret).toString('base64');
      expect(printed.filter((line) => line.includes(secret) || line.includes(encoded))).toEqual([]);
    }
  });
});

describe('a deployment that cannot be', () => {
  test('of two at once, one is refused, and nothing is done twice', async () => {
    bench = testBench();
    const ended = await Promise.allSettled([bench.deploy(), bench.deploy()]);
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [refused] = ended.filter((each) => each.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'ALREADY_RUNNING' });
    expect(deployedFunctions()).toHaveLength(7);
  });

  test('is refused before it changes anything where there is no database', async () => {
    bench = testBench();
    const get = () => Promise.reject(new CloudError('not_found', 'no database'));
    const ports = { ...bench, documents: { ...bench.documents, get } };
    await expect(bench.deploy({ ports })).rejects.toMatchObject({ code: 'NOT_PROVISIONED' });
    expect(bench.google.effects).toEqual([]);
  });

  test('is told in the words of Google when it may not read a secret', async () => {
    bench = testBench();
    const cause = new GoogleRefusal('permission_denied', 'no', { command: 'GET secrets' });
    const get = () => Promise.reject(new CloudError('permission_denied', 'no', { cause }));
    const ports = { ...bench, secrets: { ...bench.secrets, get } };
    await expect(bench.deploy({ ports })).rejects.toBe(cause);
    expect(bench.google.effects).toEqual([]);
  });

  test('stops between two steps when it is interrupted, and goes on the next time', async () => {
    bench = testBench();
    const interrupt = new AbortController();
    bench.google.onChange = (when, line) => {
      if (when === 'after' && line.startsWith('functions deploy drover-poll')) interrupt.abort();
    };
    await expect(bench.deploy({ signal: interrupt.signal })).rejects.toThrow();
    const begun = deployedFunctions().length;
    expect(begun).toBeLessThan(7);
    const { steps } = await bench.deploy();
    expect(steps).toHaveLength(7 - begun + 1);
    expect(deployedFunctions()).toHaveLength(7);
  });
});

describe('a dry run', () => {
  test('changes nothing and shows the commands that a deployment then gives', async () => {
    bench = testBench();
    await bench.deploy({ isDryRun: true });
    expect(bench.google.effects).toEqual([]);
    const shown = bench.events.flatMap((event) =>
      event.kind === 'command' && event.command.tool === 'gcloud'
        ? [event.command.args.join(' ')]
        : [],
    );
    await bench.deploy();
    expect(bench.google.effects.toSorted()).toEqual(shown.toSorted());
  });
});

describe('pace', () => {
  test('keeps seven functions to a fifth of the admin writes that a project has', async () => {
    bench = testBench();
    await bench.deploy();
    const before = bench.slept();
    await bench.deploy({ upload: { directory: '/upload', digest: 'second' } });
    // Six functions of two writes come before the last, at twelve writes a minute.
    expect(bench.slept() - before).toBe(60_000);
  });

  test('waits out a quota that is used up', async () => {
    bench = testBench();
    let refusals = 2;
    bench.google.onChange = (when, line) => {
      if (when === 'before' && line.startsWith('functions deploy') && refusals > 0) {
        refusals -= 1;
        throw new GoogleRefusal('resource_exhausted', 'Quota exceeded', { command: line });
      }
    };
    await bench.deploy();
    expect(deployedFunctions()).toHaveLength(7);
  });

  test('waits for what Google still does to a function after an interruption', async () => {
    bench = testBench();
    let refusals = 8;
    bench.google.onChange = (when, line) => {
      if (when === 'before' && line.startsWith('functions deploy drover-poll') && refusals > 0) {
        refusals -= 1;
        throw new GoogleRefusal('already_exists', 'unable to queue the operation', {
          command: line,
        });
      }
    };
    await bench.deploy();
    expect(deployedFunctions()).toHaveLength(7);
  });

  test('begins no further function after one that failed', async () => {
    bench = testBench();
    bench.google.onChange = (when, line) => {
      if (when === 'before' && line.startsWith('functions deploy drover-poll')) {
        throw new GoogleRefusal('invalid', 'Build failed with status: FAILURE', { command: line });
      }
    };
    await expect(bench.deploy()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    expect(deployedFunctions().length).toBeLessThanOrEqual(4);
    expect(await bench.documents.get('project/current')).toBeUndefined();
  });
});
