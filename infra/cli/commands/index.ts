import type { CliCommand } from '../command.ts';
import { agents } from './agents.ts';
import { cost } from './cost.ts';
import { creds } from './creds.ts';
import { deliveries } from './deliveries.ts';
import { deploy } from './deploy.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor.ts';
import { images } from './images.ts';
import { init } from './init.ts';
import { locks } from './locks.ts';
import { logs } from './logs.ts';
import { pause } from './pause.ts';
import { provision } from './provision.ts';
import { publish } from './publish.ts';
import { releasesGet, releasesLs } from './releases.ts';
import { resume } from './resume.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { status } from './status.ts';
import { teardown } from './teardown.ts';

/** Every command of `drover`, in the order in which one has use for them. */
export const commands: readonly CliCommand[] = [
  init,
  provision,
  deploy,
  publish,
  releasesLs,
  releasesGet,
  ...images,
  ...creds,
  status,
  ...agents,
  run,
  ...runs,
  logs,
  ...deliveries,
  ...locks,
  pause,
  resume,
  cost,
  doctor,
  teardown,
  dev,
];
