import { type Outline, outlineAt, outlineOf } from '../../shared/projects/outline.ts';
import { agentSchema } from '../../shared/projects/schema/agent-schema.ts';
import {
  dotEnvSchema,
  environmentSchema,
} from '../../shared/projects/schema/environment-schema.ts';
import { frontMatterSchema } from '../../shared/projects/schema/front-matter-schema.ts';
import { projectSchema } from '../../shared/projects/schema/project-schema.ts';
import { configurationSchema } from '../cli/configuration-schema.ts';
import { indexFile } from '../deployment/index-file.ts';
import { apiErrorTable } from './api-error-table.ts';
import { commandSection, commandTable, errorTable, exitCodeTable } from './cli-table.ts';
import { credentialTable, imageCredentialTypes } from './credential-table.ts';
import { editorSchema } from './editor-schema.ts';
import { fieldTable } from './field-table.ts';
import { filterTable } from './filter-table.ts';
import { findingTable } from './finding-table.ts';
import { alertTable, metricTable, objectiveTable } from './monitoring-tables.ts';
import { routeTable } from './openapi.ts';
import { permissionTable } from './permission-tables.ts';
import { printJson } from './print-json.ts';
import { stateDiagram } from './state-diagram.ts';

/** Tables that a page may ask for, by the first word of its marker. */
const outlines: { readonly [name: string]: Outline } = {
  project: outlineOf(projectSchema),
  agent: outlineOf(agentSchema),
  environment: only(outlineOf(environmentSchema), ['cloud', 'server']),
  'dot-env': only(outlineOf(dotEnvSchema), ['environment']),
  'front-matter': outlineOf(frontMatterSchema),
  'drover-toml': outlineOf(configurationSchema),
};

/** Pages below docs/ that have tables and diagrams of ours between markers. */
export const pages = [
  'architecture.md',
  'configuration.md',
  'webhooks.md',
  'control-api.md',
  'credentials.md',
  'cli.md',
  'errors/README.md',
  'operations.md',
  'permissions.md',
  'troubleshooting.md',
];

const marked = /<!-- generated: ([^>]*?) -->\n[\s\S]*?<!-- end -->/g;

/**
 * `page` with the tables and diagrams between its markers made anew. `<!-- generated: agent retry -->` to `<!-- end -->` has the fields
 * of `[retry]` in an agent's config.toml, `*` standing for any name; `<!-- generated: filters github -->` has filters,
 * `<!-- generated: routes runs -->` the routes of the control API with that tag, `<!-- generated: credentials agent -->`
 * the built-in credentials for that use, `<!-- generated: command deploy -->` the options of `drover deploy`, `<!-- generated: api-errors -->` what functions refuse, and
 * `<!-- generated: states -->` the diagram of a run's life, and `<!-- generated: permissions grants -->` who may do what in the
 * Google Cloud project.
 */
export function withTables(page: string): string {
  return page.replaceAll(
    marked,
    (_, what: string) => `<!-- generated: ${what} -->\n${tableOf(what)}\n<!-- end -->`,
  );
}

function tableOf(what: string): string {
  const [name = '', ...path] = what.split(' ');
  if (name === 'filters') return filterTable(path[0]);
  if (name === 'credentials') return credentialTable(path.join(' '));
  if (name === 'routes') return routeTable([path.join(' ')]);
  if (name === 'states') return stateDiagram();
  if (name === 'permissions') return permissionTable(path.join(' '));
  if (name === 'commands') return commandTable();
  if (name === 'command') return commandSection(path.join(' '));
  if (name === 'errors') return errorTable();
  if (name === 'api-errors') return apiErrorTable();
  if (name === 'findings') return findingTable();
  if (name === 'alerts') return alertTable();
  if (name === 'objectives') return objectiveTable();
  if (name === 'metrics') return metricTable();
  if (name === 'exit-codes') return exitCodeTable();
  const outline = outlines[name];
  const found =
    outline &&
    outlineAt(
      outline,
      path.map((step) => (step === '0' ? 0 : step)),
    );
  if (!found?.properties) throw new Error(`no table is called ${what}`);
  return fieldTable(found);
}

function only(outline: Outline, names: readonly string[]): Outline {
  const properties = Object.entries(outline.properties ?? {}).filter(([name]) =>
    names.includes(name),
  );
  return { ...outline, properties: Object.fromEntries(properties) };
}

/** What the agent image is given, by path below docs/. */
export function imageFiles(): { [path: string]: string } {
  return { '../infra/agent-image/credential-types.json': imageCredentialTypes() };
}

/** What Firebase's tools and the local Firestore are told of indexes, by path below docs/. */
export function firestoreFiles(): { [path: string]: string } {
  return { '../infra/firestore/firestore.indexes.json': printJson(indexFile()) };
}

/** The JSON Schemas for editors, by their path below docs/. */
export function editorSchemas(): { [path: string]: string } {
  return {
    'schemas/project.schema.json': printJson(
      editorSchema(projectSchema, 'config.toml of a project', 'layer'),
    ),
    'schemas/agent.schema.json': printJson(
      editorSchema(agentSchema, 'agents/<name>/config.toml', 'whole'),
    ),
    'schemas/environment.schema.json': printJson(
      editorSchema(environmentSchema, '~/.action-llama/environments/<name>.toml', 'layer'),
    ),
  };
}
