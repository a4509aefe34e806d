import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const procfs = process.platform === 'linux';

/**
 * What tells this process from a later one with the same pid: when it started. Undefined when there is none.
 * On Linux in clock ticks of this boot (proc(5), field 22 of stat), elsewhere as `ps` words it.
 */
export function startTime(pid: number): string | undefined {
  try {
    if (!procfs) {
      const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
      });
      return started.trim() || undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // A zombie runs no more; only its parent has not asked.
    return fields[0] === 'Z' ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Sends a signal to a process group; one that is gone (for some systems: all zombies) is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/**
 * Kills every process whose environment has `variable` (`NAME=value`), whatever group it moved to. Only where there is
 * a /proc to look in: elsewhere a child that left its group outlives its execution.
 */
export function killByEnvironment(variable: string): void {
  if (!procfs) return;
  const wanted = Buffer.from(`\0${variable}\0`);
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      const environment = Buffer.concat([
        Buffer.from('\0'),
        readFileSync(`/proc/${entry}/environ`),
      ]);
      if (environment.includes(wanted)) process.kill(Number(entry), 'SIGKILL');
    } catch {
      // Gone in the meantime, or somebody else's: neither is a process of ours.
    }
  }
}
