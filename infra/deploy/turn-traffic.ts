import type { Command } from '../deployment/kind.ts';
import type { Google } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';
import { findRevisions, findServices, type Service } from './services.ts';
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
  return turnOf(google, place, functions, async (service) => {
    const { name, latest, traffic } = service;
    if (latest === undefined) return undefined;
    return {
      isDone: percentOf(service, latest) === 100 && followsLatest(traffic),
      why: `All of it goes to the newest version, ${latest}.`,
      command: promoteCommand(place, name),
    };
  });
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
  return turnOf(google, place, functions, async (service) => {
    const { name } = service;
    const to = rollBackTo(service, await findRevisions(google, place, name));
    if (to === undefined) return undefined;
    return {
      isDone: percentOf(service, to) === 100,
      why: `All of it goes back to the version before the newest, ${to}.`,
      command: shareCommand(place, name, [{ revision: to, percent: 100 }]),
    };
  });
}

/** All traffic of a function goes to one version of it. */
interface Turned {
  isDone: boolean;
  why: string;
  command: Command;
}

/** `turned` says how one function is turned; undefined: it cannot be. */
async function turnOf(
  google: Google,
  place: Place,
  functions: readonly SharedFunction[],
  turned: (service: Service & { name: SharedFunction }) => Promise<Turned | undefined>,
): Promise<Turn> {
  const services = await findServices(google, place);
  const turn: Turn = { steps: [], impossible: [] };
  for (const name of functions) {
    const service = services.get(name);
    const to = service && (await turned({ ...service, name }));
    if (to === undefined) turn.impossible.push(name);
    else if (!to.isDone) {
      turn.steps.push({ title: `traffic of ${name}`, why: to.why, commands: [to.command] });
    }
  }
  return turn;
}

/** Whether what is deployed next gets traffic as well. */
function followsLatest(traffic: readonly { revision: string }[]): boolean {
  return traffic.some(({ revision }) => revision === 'LATEST');
}
