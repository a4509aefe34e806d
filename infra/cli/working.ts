import { systemClock } from '../../shared/cloud/clock.ts';
import { isAlive } from '../is-alive.ts';
import type { Working } from '../provision/provision.ts';
import type { Session } from './session.ts';

/** What changing a deployment needs of this machine. */
export function workingOf({ signal }: Pick<Session, 'signal'>): Working {
  return { clock: systemClock, isAlive, signal };
}
