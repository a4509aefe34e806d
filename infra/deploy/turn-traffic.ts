import type { Google } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';
import { findRevisions, findServices } from './services.ts';
import type { Step } from './step.ts';
import {
  percentOf,
  promoteCommand,
  rollBackTo,
  type SharedFunction,
  shareCommand,
  sharedFunctions,
} from './traffic.ts';

/** What there is to do, and the functions for which it cannot be done: nothing else to go to. */
export interface Turn {
  steps: Step[];
  impossible: SharedFunction[];
}

/** Gives the newest version of the functions all traffic. What has it already is no step. */
export async function promotion(
  google: Google,
  place: Place,
  functions: readonly SharedFunction[] = sharedFunctions,
): Promise<Turn> {
  const services = await findServices(google, place);
  const turn: Turn = { steps: [], impossible: [] };
  for (const name of functions) {
    const service = services.get(name);
    if (service?.latest === undefined) turn.impossible.push(name);
    else if (percentOf(service, service.latest) < 100 || !followsLatest(service.traffic)) {
      turn.steps.push({
        title: `traffic of ${name}`,
        why: `All of it goes to the newest version, ${service.latest}.`,
        commands: [promoteCommand(place, name)],
      });
    }
  }
  return turn;
}

/**
 * Gives all traffic of the functions to the version before the newest. A second roll back finds it done: it never goes further
 * back than that.
 */
export async function rollBack(
  google: Google,
  place: Place,
  functions: readonly SharedFunction[] = sharedFunctions,
): Promise<Turn> {
  const services = await findServices(google, place);
  const turn: Turn = { steps: [], impossible: [] };
  for (const name of functions) {
    const service = services.get(name);
    const to = service && rollBackTo(service, await findRevisions(google, place, name));
    if (service === undefined || to === undefined) turn.impossible.push(name);
    else if (percentOf(service, to) < 100) {
      turn.steps.push({
        title: `traffic of ${name}`,
        why: `All of it goes back to the version before the newest, ${to}.`,
        commands: [shareCommand(place, name, [{ revision: to, percent: 100 }])],
      });
    }
  }
  return turn;
}

/** Whether what is deployed next gets traffic as well. */
function followsLatest(traffic: readonly { revision: string }[]): boolean {
  return traffic.some(({ revision }) => revision === 'LATEST');
}
