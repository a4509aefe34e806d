import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { repositoryRoot } from '../../infra/local/repository.ts';

/** Where and of what figures were taken. */
export interface Machine {
  date: string;
  /** Commit, with `+` when the tree has changes; null outside a repository. */
  commit: string | null;
  node: string;
  system: string;
  processor: string;
  cores: number;
  memoryGB: number;
  /** Load average of the minute before: what else the machine was doing. */
  loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    system: `${platform()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function commit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repositoryRoot(), stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return null;
  }
}
