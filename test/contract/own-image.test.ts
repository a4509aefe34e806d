import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../infra/local/repository.ts';
import type { Lock } from '../../shared/locks/lock.ts';
import { missingPrograms } from '../agent-image/shells.ts';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { wireCallers } from '../wire/callers.ts';

const script = join(repositoryRoot(), 'examples/own-image/agents/courier/run.sh');
const resourceKey = 'road://meadow/mill';
const lacks = missingPrograms.includes('curl') ? ': no curl here' : '';

describe.skipIf(lacks !== '')(`the script of an image of one's own${lacks}`, () => {
  let drover: TestDrover;
  const wire = wireCallers(() => drover);
  beforeAll(async () => {
    drover = await startDrover({ project: projectOf({ courier: { webhooks: [] } }) });
  });
  afterAll(async () => {
    await drover.close();
    wire.remove();
  });

  /** Runs it as its container would, with curl and nothing of the agent image. */
  function run(secret: string): Promise<{ code: number; stdout: string }> {
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      GATEWAY_URL: `${drover.base}/gateway`,
      SHUTDOWN_SECRET: secret,
    };
    return new Promise((resolve) => {
      const child = execFile('/bin/sh', [script], { env }, (_error, stdout) =>
        resolve({ code: child.exitCode ?? -1, stdout }),
      );
    });
  }

  it('takes its lock, says how it goes, returns a value and gives the lock back', async () => {
    const { id, secret } = await wire.newRun('courier');
    expect(await run(secret)).toMatchObject({ code: 0 });
    expect(await wire.runOf(id)).toMatchObject({ status: 'on the road', returnValue: 'delivered' });
    const locks = await drover.cloud.documents.query<Lock>({ collection: 'locks', limit: 10 });
    expect(locks.map(({ data }) => data)).toMatchObject([{ key: resourceKey, holder: null }]);
  });

  it('asks to be run again while another has the road', async () => {
    const [one, other] = [await wire.newRun('courier'), await wire.newRun('courier')];
    await wire.post('/locks/acquire', { secret: other.secret, resourceKey });
    const { code, stdout } = await run(one.secret);
    expect([code, stdout]).toEqual([42, expect.stringContaining(`"holder":"${other.id}"`)]);
    await wire.post('/locks/release', { secret: other.secret, resourceKey });
  });

  it('fails, and says why, where its secret is nobody’s', async () => {
    const { code, stdout } = await run('x');
    expect([code, stdout]).toEqual([1, 'the gateway answered 403: {"error":"invalid secret"}\n']);
  });
});
