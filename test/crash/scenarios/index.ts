import type { Scenario } from '../live.ts';
import * as agents from './agents.ts';
import * as calls from './calls.ts';
import * as deliveries from './deliveries.ts';
import * as events from './events.ts';
import * as launches from './launches.ts';
import * as locks from './locks.ts';
import * as logs from './logs.ts';
import * as looks from './looks.ts';
import * as notifications from './notifications.ts';
import * as retention from './retention.ts';
import * as runs from './runs.ts';
import * as schedules from './schedules.ts';
import * as sweeps from './sweeps.ts';

/** Every scenario, made anew for each life. */
export const scenarios: readonly (() => Scenario)[] = [
  deliveries,
  launches,
  runs,
  calls,
  locks,
  logs,
  events,
  schedules,
  agents,
  sweeps,
  retention,
  notifications,
  looks,
].flatMap((folder) => Object.values(folder));
