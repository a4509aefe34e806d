import { documentOf } from '../../functions/control/openapi.ts';
import { control } from '../../functions/control.ts';
import { createInstance } from '../../functions/instance.ts';
import { type FunctionName, functionNames, functionVariables } from '../resources.ts';

type Document = ReturnType<typeof documentOf>;

/** The OpenAPI document of the control API, as it serves it at `/openapi.json`. */
export function openApiDocument(): Document {
  const urls = Object.fromEntries(functionNames.map((name) => [name, `https://${name}.test`]));
  const place = { project: 'drover', region: 'here' };
  const variables = functionVariables(place, urls as { [name in FunctionName]: string });
  // Nothing is called while routes are described.
  const document = documentOf(control(createInstance(variables, 'control')));
  // As it travels: without the fields that are undefined.
  return JSON.parse(JSON.stringify(document)) as Document;
}

/** One route, as far as a table has room for it. */
interface Listed {
  method: string;
  path: string;
  summary: string;
  tag: string;
}

const methods = ['get', 'post'] as const;

function listed({ paths = {} }: Document): Listed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const { summary = '', tags: [tag = ''] = [] } = operation;
      return [{ method: method.toUpperCase(), path, summary, tag }];
    }),
  );
}

/** A table of the routes that have one of these tags. */
export function routeTable(tags: readonly string[]): string {
  const rows = listed(openApiDocument())
    .filter(({ tag }) => tags.includes(tag))
    .map(({ method, path, summary }) => `| \`${method} ${path}\` | ${summary} |`);
  if (rows.length === 0) throw new Error(`no route has a tag of ${tags.join(', ')}`);
  return ['| route | |', '|---|---|', ...rows].join('\n');
}
