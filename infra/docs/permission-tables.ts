import { permissionsOf } from '../deployment/identities.ts';
import { boundRoles, resourcesOf } from '../deployment/list.ts';
import { emailOf } from '../deployment/names.ts';
import type { Binding, Deployment, Resource, ResourceKind } from '../deployment/resource.ts';
import { functionNames } from '../resources.ts';
import { cell } from './field-table.ts';

/** A deployment with words in the place of what is different in each. */
const anyDeployment: Deployment = {
  project: 'PROJECT',
  region: 'REGION',
  projectNumber: 'NUMBER',
  agents: [{ agent: 'AGENT', homeSecrets: [] }],
  operators: [],
  viewers: [],
};

/** A Markdown table of what Drover has in a project, who it acts as, and what that may do. */
export function permissionTable(what: string): string {
  if (what === 'services') return listed('api', 'service');
  if (what === 'identities') return listed('service-account', 'service account');
  if (what === 'functions') return functionRoles();
  if (what === 'bound') return boundRoleTable();
  if (what === 'grants') return grants();
  throw new Error(`no table of permissions is called ${what}`);
}

function ofKind<K extends ResourceKind>(kind: K): Extract<Resource, { kind: K }>[] {
  return resourcesOf(anyDeployment).filter(
    (resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind,
  );
}

function listed(kind: 'api' | 'service-account', head: string): string {
  const rows = ofKind(kind).map(({ id, why }) => `| \`${id}\` | ${cell(why)} |`);
  return [`| ${head} | |`, '|---|---|', ...rows].join('\n');
}

function functionRoles(): string {
  const rows = functionNames.flatMap((name) =>
    Object.entries(permissionsOf[name]).map(
      ([permission, why], at) =>
        `| ${at === 0 ? `\`${name}\`` : ''} | \`${permission}\` | ${cell(why)} |`,
    ),
  );
  return ['| function | permission | it |', '|---|---|---|', ...rows].join('\n');
}

function boundRoleTable(): string {
  const rows = Object.entries(boundRoles).flatMap(([role, permissions]) =>
    Object.entries(permissions).map(
      ([permission, why]) => `| \`${role}\` | \`${permission}\` | ${cell(why)} |`,
    ),
  );
  return ['| role | permission | who has it |', '|---|---|---|', ...rows].join('\n');
}

/** Who has which role on what: one row for all things on which it is the same. */
function grants(): string {
  const rows = new Map<string, { binding: Binding; things: string[] }>();
  for (const binding of ofKind('binding')) {
    const { member, role, why, condition } = binding;
    const key = JSON.stringify([member, role, why, condition]);
    const row = rows.get(key) ?? { binding, things: [] };
    row.things.push(thingOf(binding));
    rows.set(key, row);
  }
  const lines = [...rows.values()].map(({ binding: { member, role, why, condition }, things }) => {
    const only = condition ? `, if \`${condition.expression}\`` : '';
    return `| ${memberOf(member)} | \`${role}\` | ${things.join(', ')}${cell(only)} | ${cell(why)} |`;
  });
  return ['| who | role | on | why |', '|---|---|---|---|', ...lines].join('\n');
}

function thingOf({ on }: Binding): string {
  return on.kind === 'project' ? 'the project' : `${on.kind.replace('-', ' ')} \`${on.id}\``;
}

function memberOf(member: string): string {
  const sink = /^sink:(.*)$/.exec(member)?.[1];
  if (sink !== undefined) return `the writer of sink \`${sink}\``;
  if (member === 'allUsers') return 'everybody';
  const own = emailOf(anyDeployment, '');
  return `\`${member.replace('serviceAccount:', '').replace(own, '')}\``;
}
