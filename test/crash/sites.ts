import { type PathName, pathOf } from './paths.ts';
import { type PortMethods, readPortMethods } from './port-methods.ts';
import { above, lineOf, nameOf, propertyOf, type Source, type Syntax } from './syntax.ts';

/** A place in the source where a port is called. */
export interface Site {
  /** `<file> <function> <port>.<method>`, and a number from the second of the kind on: the same wherever its line moves. */
  id: string;
  /** Path below the root of the repository. */
  file: string;
  /** The nearest function around it that has a name. */
  function: string;
  /** `<port>.<method>`. */
  call: string;
  /** Line of the method's name, counted from 1. */
  line: number;
  /** What of a run's life it belongs to. */
  path: PathName;
}

/** Files that stand between a call and the port, and make calls in the name of whoever calls them. */
export const betweens: readonly string[] = ['shared/optimistic.ts', 'shared/one-clock.ts'];

/** Every call site of a port. The commit that `optimistically` hands out counts where it is called. */
export function listSites(sources: readonly Source[]): Site[] {
  const methods = readPortMethods(sources);
  const ids = new Map<string, number>();
  return sources
    .filter(({ file }) => !betweens.includes(file))
    .flatMap((source) =>
      source.nodes.flatMap((node): Site[] => {
        const called = calledIn(node, methods);
        if (!called) return [];
        const { file, text } = source;
        const name = functionAround(node);
        const kind = `${file} ${name} ${called.call}`;
        const number = (ids.get(kind) ?? 0) + 1;
        ids.set(kind, number);
        return [
          {
            id: number === 1 ? kind : `${kind} ${number}`,
            file,
            function: name,
            call: called.call,
            line: lineOf(text, called.place),
            path: pathOf(file, name),
          },
        ];
      }),
    );
}

/** Which port a call expression calls, and where the name of its method stands. */
function calledIn(
  { type, fields }: Syntax,
  methods: PortMethods,
): { call: string; place: number } | undefined {
  if (type !== 'CallExpression') return undefined;
  const callee = fields.callee as Syntax['fields'] & { start: number };
  if (nameOf(callee) === 'commit') return { call: 'documents.commit', place: callee.start };
  const method = memberName(callee);
  const port = nameOf(callee.object) ?? memberName(callee.object);
  if (method === undefined || port === undefined || !methods.get(port)?.has(method))
    return undefined;
  return { call: `${port}.${method}`, place: (callee.property as { start: number }).start };
}

function memberName(value: unknown): string | undefined {
  const fields = value as Syntax['fields'];
  return propertyOf({ ...(value as Syntax), fields });
}

const functions: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/** The name of the nearest function around a node that has one; what stands in none belongs to the file as a whole. */
function functionAround(node: Syntax): string {
  for (const around of above(node)) {
    if (!functions.has(around.type)) continue;
    const { parent, fields } = around;
    const name =
      nameOf(fields.id) ??
      (parent?.type === 'VariableDeclarator' ? nameOf(parent.fields.id) : undefined) ??
      (parent?.type === 'Property' ? nameOf(parent.fields.key) : undefined);
    if (name !== undefined) return name;
  }
  return '(file)';
}
