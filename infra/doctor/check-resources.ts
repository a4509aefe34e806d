import { beforeDeploy } from '../cli/subjects.ts';
import type { Command, FoundResource } from '../deployment/kind.ts';
import { textAt, valueAt } from '../deployment/kinds/found.ts';
import { type Deployment, nameOf, type Resource } from '../deployment/resource.ts';
import { commandLine } from '../gcloud/command-line.ts';
import { lastOf } from '../last-of.ts';
import type { Inventory } from '../provision/inventory.ts';
import { kindOf, type Subject, wordFor } from '../provision/kinds.ts';
import { isForPeople, planOf } from '../provision/plan.ts';
import { type Finding, finding } from './finding.ts';
import { type FindingCode, resourceCodes } from './finding-kinds.ts';
import { mendLines } from './mend-lines.ts';

/**
 * What of the list is missing, otherwise than it should be, or still being made, out of what is there. What comes with a deployment
 * is not missed as long as a function is.
 *
 * @param subject The whole deployment.
 */
export function checkResources(subject: Subject, there: Inventory): Finding[] {
  const { deployment, resources } = subject;
  const { found } = there;
  const mended = (commands: readonly Command[]): string[] =>
    mendLines(commands, deployment.project);
  const isMissing = (resource: Resource): boolean => !found.has(nameOf(resource));
  if (resources.filter(({ kind }) => kind === 'service-account').every(isMissing)) {
    return [notProvisioned(deployment)];
  }
  const early = new Set(beforeDeploy(deployment).resources.map(nameOf));
  const isDeployed = resources
    .filter(({ kind }) => kind === 'function')
    .every((fn) => !isMissing(fn));
  const findings = resources.flatMap((resource): Finding[] => {
    const subjectName = `${wordFor[resource.kind]} ${resource.id}`;
    const seen = found.get(nameOf(resource));
    if (resource.kind === 'function') return functionFindings(subject, resource, seen);
    if (!seen) {
      if (!early.has(nameOf(resource)) && !isDeployed) return [];
      const mend = mended(kindOf(subject.kinds, resource.kind).create(deployment, resource));
      const what = `is missing. ${resource.why}`;
      return [finding(codeOf(resource, 'missing'), subjectName, what, { mend, isFixable: true })];
    }
    return [
      ...wrong(subject, resource, seen, mended),
      ...building(subjectName, resource, seen, deployment),
    ];
  });
  return [...findings, ...notNeeded(subject, there, mended)];
}

function notProvisioned({ project }: Deployment): Finding {
  return {
    code: 'NOT_PROVISIONED',
    severity: 'error',
    subject: `project ${project}`,
    what: 'none of the identities of Drover is there.',
    means: 'Drover is not set up in this Google Cloud project.',
    mend: ['drover provision', 'drover deploy'],
    isFixable: true,
  };
}

function wrong(
  { deployment, kinds }: Subject,
  resource: Resource,
  seen: FoundResource,
  mended: (commands: readonly Command[]) => string[],
): Finding[] {
  const kind = kindOf(kinds, resource.kind);
  const differences = kind.compare(deployment, resource, seen);
  if (differences.length === 0) return [];
  const subject = `${wordFor[resource.kind]} ${resource.id}`;
  const what = differencesText(differences);
  const update = kind.update(deployment, resource, seen);
  if (!update && isForPeople(kind, seen)) {
    return [
      {
        code: 'CANNOT_CHANGE',
        severity: 'error',
        subject,
        what,
        means:
          'It cannot be changed without losing what it holds, or is not ours: a person must decide.',
        mend: ['keep what it holds elsewhere and remove it, or: drover init --project <another>'],
        isFixable: false,
      },
    ];
  }
  const commands = update ?? [
    ...kind.remove(deployment, resource.id, seen),
    ...kind.create(deployment, resource),
  ];
  return [
    finding(codeOf(resource, 'wrong'), subject, what, { mend: mended(commands), isFixable: true }),
  ];
}

/** Indexes and policies of expiry that Google is still at work on (Firestore Admin API, `Index.State`, `TtlConfig.State`). */
function building(
  subject: string,
  { kind, id }: Resource,
  seen: FoundResource,
  { project }: Deployment,
): Finding[] {
  const list = (...words: readonly string[]): string[] => [
    commandLine({ tool: 'gcloud', args: ['firestore', ...words, '--database=(default)'] }, project),
  ];
  if (kind === 'index' && textAt(seen, 'state') === 'CREATING') {
    return [
      finding('INDEX_BUILDING', subject, `${id} is being built.`, {
        mend: list('indexes', 'composite', 'list'),
      }),
    ];
  }
  if (kind === 'field' && textAt(seen, 'ttlConfig', 'state') === 'CREATING') {
    return [
      finding('FIELD_BUILDING', subject, 'its policy of expiry is being put in force.', {
        mend: list('fields', 'ttls', 'list'),
      }),
    ];
  }
  return [];
}

/** How a function is deployed; what it runs is compared elsewhere. No command of the list deploys one: its source comes with a deployment. */
function functionFindings(
  { deployment, kinds }: Subject,
  resource: Resource,
  seen: FoundResource | undefined,
): Finding[] {
  const subject = `function ${resource.id}`;
  const mend = ['drover deploy'];
  if (!seen) {
    return [finding('FUNCTION_MISSING', subject, `is not deployed. ${resource.why}`, { mend })];
  }
  const state = textAt(seen, 'state');
  if (state === 'DEPLOYING') {
    return [
      finding('FUNCTION_DEPLOYING', subject, 'is being deployed.', { mend: ['drover status'] }),
    ];
  }
  const { project, region } = deployment;
  if (state !== '' && state !== 'ACTIVE') {
    const messages = valueAt(seen, 'stateMessages');
    const said = Array.isArray(messages) ? messages.map((each) => textAt(each, 'message')) : [];
    return [
      finding('FUNCTION_FAILED', subject, [`its state is ${state}.`, ...said].join(' '), {
        mend: [logsOf(resource.id, deployment), ...again(resource.id, deployment)],
      }),
    ];
  }
  const differences = kindOf(kinds, 'function').compare(deployment, resource, seen);
  if (differences.length === 0) return [];
  return [
    finding('FUNCTION_WRONG', subject, differencesText(differences), {
      mend: again(resource.id, { project, region }),
    }),
  ];
}

/** Has the next deployment take a function for one that is not deployed from these files, and deploys it. */
export function again(
  id: string,
  { project, region }: Pick<Deployment, 'project' | 'region'>,
): string[] {
  const args = [
    'run',
    'services',
    'update',
    id,
    `--region=${region}`,
    '--remove-env-vars=DROVER_VERSION',
  ];
  return [commandLine({ tool: 'gcloud', args }, project), 'drover deploy'];
}

/** What a function has said of itself lately. */
export function logsOf(
  id: string,
  { project, region }: Pick<Deployment, 'project' | 'region'>,
): string {
  const args = ['functions', 'logs', 'read', id, '--gen2', `--region=${region}`, '--limit=20'];
  return commandLine({ tool: 'gcloud', args }, project);
}

function notNeeded(
  subject: Subject,
  there: Inventory,
  mended: (commands: readonly Command[]) => string[],
): Finding[] {
  return planOf(subject, there)
    .steps.filter(({ action }) => action === 'remove')
    .map(({ resource: { kind, id }, commands }) =>
      finding('NOT_NEEDED', `${kind} ${id}`, 'is there, and nothing of the project needs it.', {
        mend: mended(commands),
        isFixable: true,
      }),
    );
}

function codeOf(resource: Resource, how: 'missing' | 'wrong'): FindingCode {
  if (resource.kind === 'binding' && how === 'missing') {
    if (resource.member.startsWith('sink:')) return 'SINK_WRITER_MISSING';
    if (resource.member === 'allUsers') return 'PUBLIC_CALL_MISSING';
  }
  return resourceCodes[resource.kind][how];
}

function differencesText(
  differences: readonly { field: string; found: string; wanted: string }[],
): string {
  const one = ({ field, found, wanted }: (typeof differences)[number]): string =>
    `${field} is ${lastOf(found) === '' ? 'not set' : found}, and should be ${wanted === '' ? 'not set' : wanted}`;
  return `${differences.map(one).join('; ')}.`;
}
