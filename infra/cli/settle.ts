import type { Documents } from '../../shared/ports/index.ts';
import { textAt } from '../deployment/kinds/found.ts';
import {
  type DeployedFunction,
  deployedFunctions,
  refuseOtherRegions,
} from '../provision/deployed-functions.ts';
import { type Needed, withReleased } from '../publish/with-released.ts';
import { restDocuments } from '../rest/documents.ts';
import type { Context } from './context.ts';

/** What a command works with, once it was looked what is deployed already. */
export interface Settled {
  /** With the operators that are. */
  context: Context;
  /** The same deployment with the identities that the current release needs, too. */
  needed: Needed;
}

/**
 * Adds to what the files say what only the place itself knows: who the operators are where `drover.toml` names none, and whom the
 * current release has run. Where nothing can be asked, the files are all there is.
 *
 * @param documents Firestore of the project. Default: by its REST API, as the user that gcloud is signed in as.
 * @throws Failure `OTHER_REGION`; GoogleRefusal
 */
export async function settle(
  given: Context,
  documents: Pick<Documents, 'get'> = restDocuments(given.google, given.deployment.project),
): Promise<Settled> {
  if (given.isOffline) {
    return { context: given, needed: { deployment: given.deployment, isWhole: true } };
  }
  const functions = await deployedFunctions(given.google, given.deployment);
  refuseOtherRegions(functions, given.deployment);
  const context = given.isOperatorAssumed ? keepingOperators(given, functions) : given;
  const needed = await withReleased(documents, context.deployment);
  if (!needed.isWhole) {
    const text = 'the current release cannot be read: nothing that it may need is removed';
    context.print({ kind: 'note', text });
  }
  return { context, needed };
}

/** Whoever deploys first is the operator, and is so until a file says otherwise: others who deploy change nothing of it. */
function keepingOperators(context: Context, functions: readonly DeployedFunction[]): Context {
  const { deployment, print } = context;
  const control = functions.find(({ id }) => id === 'drover-control');
  if (!control) {
    const [own] = deployment.operators;
    const text = 'drover.toml names no operators, and nothing is deployed yet: ';
    print({ kind: 'note', text: `${text}${own ?? 'nobody'} will be the operator` });
    return context;
  }
  const operators = textAt(control.environment, 'DROVER_CONTROL_OPERATORS').split(',');
  return {
    ...context,
    deployment: { ...deployment, operators: operators.filter((each) => each !== '') },
  };
}
