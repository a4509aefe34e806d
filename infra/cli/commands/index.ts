import type { CliCommand } from '../command.ts';
import { deploy } from './deploy.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { provision } from './provision.ts';
import { status } from './status.ts';
import { teardown } from './teardown.ts';

/** Every command of `drover`, in the order in which one has use for them. */
export const commands: readonly CliCommand[] = [
  init,
  provision,
  deploy,
  status,
  doctor,
  teardown,
  dev,
];
