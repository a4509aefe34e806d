import {
  Expression,
  NestedBlocks,
  type TerraformBlock,
  type TerraformBody,
  type TerraformValue,
} from './kind.ts';
import { sourceVariables } from './kinds/function-terraform.ts';
import { kindOf } from './kinds/index.ts';
import { resourcesOf } from './list.ts';
import { type Deployment, nameOf, type ResourceName } from './resource.ts';

/** Oldest version of the provider that knows every argument used here. */
const providerVersion = '>= 6.0';

/**
 * The whole list as Terraform's configuration, for the provider `google`. Whoever applies it uploads the functions' source first
 * and names it in two variables.
 */
export function terraformOf(deployment: Deployment): string {
  const resources = resourcesOf(deployment);
  const addresses = new Map<ResourceName, string[]>();
  const blocks = resources.map((resource) => {
    const own = kindOf(resource).terraform(deployment, resource);
    const needed = resource.needs.flatMap((need) => addresses.get(need) ?? []);
    addresses.set(nameOf(resource), own.map(addressOf));
    return `# ${resource.why}\n${own.map((block, at) => rendered(block, own.slice(0, at).map(addressOf), needed)).join('\n\n')}`;
  });
  return `${[preamble(deployment), ...blocks].join('\n\n')}\n`;
}

function addressOf({ type, label }: TerraformBlock): string {
  return `${type}.${label}`;
}

function preamble({ project, region }: Deployment): string {
  const google = { source: 'hashicorp/google', version: providerVersion };
  const variables = Object.entries(sourceVariables).map(([name, description]) =>
    blockText(`variable ${quoted(name)}`, { description, type: new Expression('string') }),
  );
  return [
    blockText('terraform', { required_providers: new NestedBlocks({ google }) }),
    blockText('provider "google"', { project, region }),
    ...variables,
  ].join('\n\n');
}

/** A block, after those that it needs: what it refers to is not named again. */
function rendered(
  { type, label, body }: TerraformBlock,
  siblings: readonly string[],
  needed: readonly string[],
): string {
  const text = blockText(`resource ${quoted(type)} ${quoted(label)}`, body);
  const after = [...new Set([...needed, ...siblings])].filter(
    (address) => !text.includes(`${address}.`),
  );
  if (after.length === 0) return text;
  const list = new Expression(`[\n${after.map((address) => `    ${address},\n`).join('')}  ]`);
  return blockText(`resource ${quoted(type)} ${quoted(label)}`, { ...body, depends_on: list });
}

function blockText(head: string, body: TerraformBody, indent = ''): string {
  const inner = `${indent}  `;
  const lines = Object.entries(body).flatMap(([name, value]) =>
    value instanceof NestedBlocks
      ? value.bodies.map((each) => `${inner}${blockText(name, each, inner)}`)
      : [`${inner}${name} = ${valueText(value, inner)}`],
  );
  return lines.length === 0 ? `${head} {}` : [`${head} {`, ...lines, `${indent}}`].join('\n');
}

function valueText(value: Exclude<TerraformValue, NestedBlocks>, indent: string): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return `${value}`;
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((each) => `${inner}${valueText(literal(each), inner)},`);
    return items.length === 0 ? '[]' : ['[', ...items, `${indent}]`].join('\n');
  }
  const entries = Object.entries(value).map(
    ([key, each]) => `${inner}${quoted(key)} = ${valueText(literal(each), inner)}`,
  );
  return entries.length === 0 ? '{}' : ['{', ...entries, `${indent}}`].join('\n');
}

function literal(value: TerraformValue): Exclude<TerraformValue, NestedBlocks> {
  if (value instanceof NestedBlocks) throw new Error('a list or a map holds no blocks');
  return value;
}

function isList(value: object): value is readonly TerraformValue[] {
  return Array.isArray(value);
}

/** A text in quotes. `${` and `%{` would begin a template. */
function quoted(text: string): string {
  // Doubled by a function: in a text that replaces another, two `$` stand for one.
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => `${sign}${sign}`);
}
