import { answerOf } from '../answers.ts';
import type { Command, FoundResource, Kind } from '../kind.ts';
import type { Binding, BoundTo, Deployment } from '../resource.ts';
import { bindingId, roleName, type StoredBinding, targetName } from './binding-names.ts';
import { bindingBlock } from './binding-terraform.ts';
import { differences, gcloud, isWanted, rowsOf, textAt } from './found.ts';
import { policyCommand } from './policy-commands.ts';
import { storedBindings } from './stored-bindings.ts';

const sinkMember = /^sink:(.*)$/;
/** The identity of a service of Google's in this project, and what the service is called. */
const serviceMember = /^serviceAccount:service-\d+@gcp-sa-([a-z]+)\.iam\.gserviceaccount\.com$/;

/**
 * Who has which role on what. Policies are read whole, one for each thing that has bindings of ours, and changed by one binding at
 * a time. Found without being wanted are the bindings of our accounts, living or deleted, and of everybody on what is ours.
 */
export const bindingKind: Kind<Binding> = {
  list: (deployment, wanted) => [
    ...sinksOf(wanted).map((sink) => gcloud(['logging', 'sinks', 'describe', sink])),
    ...targetsOf(wanted).map((on) => gcloud(policyCommand(deployment, on, 'get'))),
  ],
  read: (deployment, wanted, answers) => {
    const sinks = sinksOf(wanted);
    const writers = new Map(
      sinks.map((sink, index) => [textAt(answers[index], 'writerIdentity'), `sink:${sink}`]),
    );
    const found = new Map<string, FoundResource>();
    const isId = isWanted(wanted);
    for (const [index, on] of targetsOf(wanted).entries()) {
      const policy = answers[sinks.length + index];
      for (const stored of storedBindings(deployment, on, rowsOf(policy, 'bindings'), writers)) {
        const same = wanted.filter((binding) => isSame(binding, stored));
        const [match] = same.filter(({ condition }) => isSameCondition(condition, stored));
        const [other] = match ? [] : same.filter(({ id }) => !found.has(id));
        const owner = match ?? other;
        if (!owner && !stored.isOurs) continue;
        const id = owner?.id ?? idOfStored(stored, isId);
        const replaced = found.get(id);
        found.set(id, { ...stored });
        if (replaced) found.set(idOfStored(replaced as unknown as StoredBinding, isId), replaced);
      }
    }
    return found;
  },
  compare: (_, { condition }, found) =>
    differences({
      condition: [
        textAt(found, 'condition', 'expression') || 'none',
        condition?.expression ?? 'none',
      ],
      conditionTitle: [textAt(found, 'condition', 'title') || 'none', condition?.title ?? 'none'],
    }),
  create: (deployment, wanted) => adding(deployment, wanted),
  // Nobody loses the role in between.
  update: (deployment, wanted, found) => [
    ...adding(deployment, wanted),
    removing(deployment, found),
  ],
  remove: (deployment, _, found) => [removing(deployment, found)],
  terraform: (deployment, wanted) => [bindingBlock(deployment, wanted)],
};

function adding(deployment: Deployment, { on, role, member, condition }: Binding): Command[] {
  const [, sink] = sinkMember.exec(member) ?? [];
  const who = sink === undefined ? member : answerOf(0, 'writerIdentity');
  const [flags, files] = conditionFlags(on, condition);
  return [
    ...(sink === undefined ? [] : [gcloud(['logging', 'sinks', 'describe', sink])]),
    ...identityOf(deployment, member),
    gcloud(
      [
        ...policyCommand(deployment, on, 'add'),
        `--member=${who}`,
        `--role=${roleName(deployment, role)}`,
        ...flags,
      ],
      files,
    ),
  ];
}

/** Makes the identity of a service, which may not have been used yet; where it is there, nothing happens. gcloud does it in its beta only. */
function identityOf({ projectNumber }: Deployment, member: string): Command[] {
  const [, service] = serviceMember.exec(member) ?? [];
  if (service === undefined) return [];
  const url = `https://serviceusage.googleapis.com/v1beta1/projects/${projectNumber}/services/${service}.googleapis.com:generateServiceIdentity`;
  return [{ tool: 'api', method: 'POST', url }];
}

function removing(deployment: Deployment, found: FoundResource): Command {
  const { on, fullRole, who, condition } = found as unknown as StoredBinding;
  const [flags, files] = conditionFlags(on, condition);
  return gcloud(
    [...policyCommand(deployment, on, 'remove'), `--member=${who}`, `--role=${fullRole}`, ...flags],
    files,
  );
}

/** Where policies can have conditions, gcloud wants to be told of each binding whether it has one. */
const conditional: readonly BoundTo['kind'][] = [
  'project',
  'service-account',
  'function',
  'repository',
];

function conditionFlags(
  on: BoundTo,
  condition: StoredBinding['condition'],
): readonly [string[], { readonly [flag: string]: string } | undefined] {
  if (condition) return [[], { '--condition-from-file': JSON.stringify(condition, null, 2) }];
  return [conditional.includes(on.kind) ? ['--condition=None'] : [], undefined];
}

function sinksOf(wanted: readonly Binding[]): string[] {
  return [...new Set(wanted.flatMap(({ member }) => sinkMember.exec(member)?.[1] ?? []))];
}

function targetsOf(wanted: readonly Binding[]): BoundTo[] {
  return [...new Map(wanted.map(({ on }) => [targetName(on), on])).values()];
}

function isSame({ on, role, member }: Binding, stored: StoredBinding): boolean {
  return (
    targetName(on) === targetName(stored.on) && role === stored.role && member === stored.member
  );
}

function isSameCondition(condition: Binding['condition'], stored: StoredBinding): boolean {
  return (
    condition?.expression === stored.condition?.expression &&
    condition?.title === stored.condition?.title
  );
}

/** The id of a binding that nobody wants: it is none that somebody does. */
function idOfStored(
  { on, role, member, condition }: StoredBinding,
  isTaken: (id: string) => boolean,
): string {
  const id = bindingId(on, role, member);
  if (condition) return `${id} if ${condition.expression}`;
  return isTaken(id) ? `${id} always` : id;
}
