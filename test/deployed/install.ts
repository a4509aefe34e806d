import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stageUpload, type Upload } from '../../infra/upload/stage.ts';

/** What stands where functions run, once it is built: the upload, and the packages it asks for. */
export interface Installed extends Upload {
  /** The Node that it is run by. */
  node: string;
  remove(): void;
}

const patienceMs = 180_000;

/**
 * Does with the upload what Google's buildpack does with it (GoogleCloudPlatform/buildpacks, cmd/nodejs/npm): installs from the
 * lock file, with development dependencies if there were any, then runs the script `gcp-build`.
 */
export async function installUpload(node: string): Promise<Installed> {
  const around = mkdtempSync(join(tmpdir(), 'drover-upload-'));
  const upload = stageUpload(join(around, 'workspace'));
  const npm = async (...args: string[]): Promise<void> => {
    await promisify(execFile)('npm', args, {
      cwd: upload.directory,
      timeout: patienceMs,
      // With npm's own configuration, wherever it stands.
      env: {
        ...process.env,
        PATH: [dirname(node), process.env.PATH].join(delimiter),
        NODE_ENV: 'development',
      },
    });
  };
  await npm('ci', '--quiet', '--no-fund', '--no-audit', '--prefer-offline');
  await npm('run', 'gcp-build', '--if-present');
  return {
    ...upload,
    node,
    remove: () => rmSync(around, { recursive: true, force: true }),
  };
}
