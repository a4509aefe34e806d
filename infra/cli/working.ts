import { systemClock } from '../../shared/cloud/clock.ts';
import type { Working } from '../provision/provision.ts';
import type { Session } from './session.ts';

/** What changing a deployment needs of this machine. */
export function workingOf({ signal }: Pick<Session, 'signal'>): Working {
  return { clock: systemClock, isAlive, signal };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
