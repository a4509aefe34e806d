import { answerOf } from '../answers.ts';
import type { Command, Kind } from '../kind.ts';
import { Expression, NestedBlocks } from '../kind.ts';
import type { Deployment, Rules } from '../resource.ts';
import { differences, textAt, valueAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

const api = 'https://firebaserules.googleapis.com/v1';

/**
 * Security rules of Firestore: a ruleset, which Google names, and a release that points to it. gcloud has no command for them.
 * Rules that allow nobody anything do as well as ours.
 */
export const rulesKind: Kind<Rules> = {
  list: ({ project }, wanted) =>
    wanted.flatMap(({ id }): Command[] => [
      { tool: 'api', method: 'GET', url: `${api}/projects/${project}/releases/${id}` },
      { tool: 'api', method: 'GET', url: `${api}/${answerOf(0, 'rulesetName')}` },
    ]),
  read: (_, wanted, [release, ruleset]) => {
    const rulesetName = textAt(release, 'rulesetName');
    if (rulesetName === '') return new Map();
    const files = valueAt(ruleset, 'source', 'files');
    const source = Array.isArray(files) ? files.map((file) => textAt(file, 'content')) : [];
    return new Map(wanted.map(({ id }) => [id, { rulesetName, source: source.join('\n') }]));
  },
  compare: (_, { source }, found) =>
    differences({ allowed: [allowed(textAt(found, 'source')), allowed(source)] }),
  create: (deployment, { id, source }) => [
    ruleset(deployment, source),
    {
      tool: 'api',
      method: 'POST',
      url: `${api}/projects/${deployment.project}/releases`,
      body: release(deployment, id),
    },
  ],
  update: (deployment, { id, source }) => [
    ruleset(deployment, source),
    {
      tool: 'api',
      method: 'PATCH',
      url: `${api}/projects/${deployment.project}/releases/${id}`,
      body: { release: release(deployment, id) },
    },
  ],
  remove: ({ project }, id, found) => [
    { tool: 'api', method: 'DELETE', url: `${api}/projects/${project}/releases/${id}` },
    { tool: 'api', method: 'DELETE', url: `${api}/${textAt(found, 'rulesetName')}` },
  ],
  terraform: ({ project }, { id, source }) => {
    const label = terraformLabel(id);
    const files = new NestedBlocks({ name: 'firestore.rules', content: source });
    return [
      {
        type: 'google_firebaserules_ruleset',
        label,
        body: { project, source: new NestedBlocks({ files }) },
      },
      {
        type: terraformTypes.rules,
        label,
        body: {
          project,
          name: id,
          ruleset_name: new Expression(`google_firebaserules_ruleset.${label}.name`),
        },
      },
    ];
  },
};

function ruleset({ project }: Deployment, source: string): Command {
  return {
    tool: 'api',
    method: 'POST',
    url: `${api}/projects/${project}/rulesets`,
    body: { source: { files: [{ name: 'firestore.rules', content: source }] } },
  };
}

function release({ project }: Deployment, id: string): { name: string; rulesetName: string } {
  return { name: `projects/${project}/releases/${id}`, rulesetName: answerOf(0, 'name') };
}

/** What rules allow: `nothing` when every `allow` has the condition `false`; otherwise the statements that have another. */
function allowed(source: string): string {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  const statements = [...code.matchAll(/\ballow\b[^;]*;/g)].map(([text]) =>
    text.replaceAll(/\s+/g, ' '),
  );
  const open = statements.filter((text) => !/^allow [a-z, ]+: if false ?;$/.test(text));
  return open.length === 0 ? 'nothing' : open.join(' ');
}
