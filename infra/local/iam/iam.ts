import { resourcesOf } from '../../deployment/list.ts';
import { accountId, emailOf } from '../../deployment/names.ts';
import type { AgentIdentity, Deployment } from '../../deployment/resource.ts';
import { type FunctionName, functionNames, type Place } from '../../resources.ts';
import { EngineError } from '../engines/engine.ts';
import type { Message } from '../wire/server.ts';
import { needsOf } from './needs/index.ts';
import { type Grant, grantsOf, type Policy, policyOf } from './policy.ts';
import type { Need } from './target.ts';
import { refusalOf, resourceName } from './wording.ts';

/** A call that was refused because its caller may not make it. */
export interface Denial {
  /** `serviceAccount:…`, `sink:…`. */
  member: string;
  permission: string;
  /** The resource's name. */
  on: string;
  /** `Service.Method`. */
  call: string;
}

/** Who calls: the name of a function; undefined is a person with every permission, as the console and tests are. */
export type Caller = string | undefined;

/** IAM of the local cloud: the bindings of the deployment's list, enforced (D17). */
export interface Iam {
  /** Gives these agents their identities and what the list grants them, as provisioning does. Those known before keep theirs. */
  provision(agents: readonly AgentIdentity[]): void;
  /** Every permission that is granted now. */
  grants(): readonly Grant[];
  /** Refuses a call of an API that its caller may not make. @throws {@link EngineError} `PERMISSION_DENIED` */
  authorize(caller: Caller, method: string, request: Message): void;
  /** Whether a member has what it needs; a denial is told like any other. */
  allows(member: string, need: Need, call: string): boolean;
  /** What was refused so far, the first thousand times. */
  denials(): readonly Denial[];
  /** Tells of each permission that anybody needs from now on, granted or not, until the function that is answered is called: for tests. */
  watch(heard: (member: string, need: Need) => void): () => void;
  /** Takes away the grants that are named until the function that is answered is called: for tests. */
  withhold(isWithheld: (grant: Grant) => boolean): () => void;
}

export interface IamOptions extends Place {
  /** Hears of each denial that differs from those before. Default: nobody does. */
  denied?(denial: Denial): void;
}

/** Denials that are kept: a function that lacks something is refused again and again. */
const mostDenials = 1_000;

/** The number of the local project: conditions name secrets by it. */
export const localProjectNumber = '100000000001';

export function createIam(options: IamOptions): Iam {
  const { project, region } = options;
  const place: Place = { project, region };
  const agents = new Map<string, AgentIdentity>();
  const members = new Map<string, string>(
    functionNames.map((name) => [name, memberOf(name, place)]),
  );
  const refused: Denial[] = [];
  const told = new Set<string>();
  let heard: ((member: string, need: Need) => void) | undefined;
  let isWithheld: (grant: Grant) => boolean = () => false;
  let grants: Grant[] = [];
  let policy: Policy;

  const apply = (): void => {
    policy = policyOf(
      { projectNumber: localProjectNumber },
      grants.filter((grant) => !isWithheld(grant)),
    );
  };
  const provision = (added: readonly AgentIdentity[]): void => {
    for (const identity of added) {
      const known = agents.get(identity.agent)?.homeSecrets ?? [];
      const homeSecrets = [...new Set([...known, ...identity.homeSecrets])];
      agents.set(identity.agent, { agent: identity.agent, homeSecrets });
    }
    const deployment: Deployment = {
      ...place,
      projectNumber: localProjectNumber,
      agents: [...agents.values()],
      operators: [],
      viewers: [],
    };
    grants = grantsOf(resourcesOf(deployment));
    apply();
  };
  const deny = (member: string, need: Need, call: string): void => {
    const on = resourceName(need.on, place);
    const denial: Denial = { member, permission: need.permission, on, call };
    if (refused.length < mostDenials) refused.push(denial);
    const key = `${member} ${need.permission} ${need.on.kind} ${call}`;
    if (told.has(key)) return;
    told.add(key);
    options.denied?.(denial);
  };
  const allows = (member: string, need: Need, call: string): boolean => {
    if (policy.allows(member, need.permission, need.on)) return true;
    deny(member, need, call);
    return false;
  };
  provision([]);

  return {
    provision,
    grants: () => policy.grants,
    allows: (member, need, call) => {
      heard?.(member, need);
      return allows(member, need, call);
    },
    authorize: (caller, method, request) => {
      if (caller === undefined) return;
      const member = members.get(caller) ?? `serviceAccount:${caller}`;
      const needs = needsOf[method];
      if (!needs) throw new Error(`nobody knows which permissions ${method} needs`);
      const needed = needs.of(request, project);
      for (const need of needed) heard?.(member, need);
      for (const need of needed) {
        if (allows(member, need, method)) continue;
        throw new EngineError('PERMISSION_DENIED', refusalOf(method, need, place));
      }
    },
    denials: () => refused,
    watch: (listener) => {
      heard = listener;
      return () => {
        heard = undefined;
      };
    },
    withhold: (chosen) => {
      isWithheld = chosen;
      apply();
      return () => {
        isWithheld = () => false;
        apply();
      };
    },
  };
}

/** The member that a function is in bindings. */
export function memberOf(name: FunctionName, place: Place): string {
  return `serviceAccount:${emailOf(place, accountId(name))}`;
}

/** A denial as a person reads it. */
export function denialLine({ member, permission, on, call }: Denial): string {
  return `denied: ${member.replace(/^serviceAccount:/, '')} lacks ${permission} on ${on} (${call})`;
}
