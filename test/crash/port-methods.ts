import { nameOf, type Source, type Syntax } from './syntax.ts';

/** The methods of each port whose every method is a call to the outside: all but clock, chance and log. */
export type PortMethods = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads them from the interfaces in `shared/ports/`, so that a new method is known as soon as it is there. */
export function readPortMethods(sources: readonly Source[]): PortMethods {
  const interfaces = sources
    .filter(({ file }) => file.startsWith('shared/ports/'))
    .flatMap(({ nodes }) => nodes.filter(({ type }) => type === 'TSInterfaceDeclaration'));
  const membersOf = (name: string): Syntax[] =>
    interfaces.filter(({ fields }) => nameOf(fields.id) === name).flatMap(membersIn);
  return new Map(
    membersOf('Ports').flatMap((port) => {
      const methods = membersOf(typeNameOf(port) ?? '');
      const names = methods.flatMap(({ fields }) => nameOf(fields.key) ?? []);
      const isOutside = methods.length > 0 && methods.every(answersLater);
      return isOutside ? [[nameOf(port.fields.key) ?? '', new Set(names)] as const] : [];
    }),
  );
}

function membersIn(declaration: Syntax): Syntax[] {
  const { body } = declaration.fields.body as { body: Syntax['fields'][] };
  return body.map((fields) => ({ ...declaration, type: String(fields.type), fields }));
}

interface Typed {
  typeAnnotation?: { typeName?: unknown };
}

/** The name of the type that a property is declared with. */
function typeNameOf({ fields }: Syntax): string | undefined {
  return nameOf((fields.typeAnnotation as Typed | null)?.typeAnnotation?.typeName);
}

function answersLater({ fields }: Syntax): boolean {
  return nameOf((fields.returnType as Typed | null)?.typeAnnotation?.typeName) === 'Promise';
}
