import { z } from 'zod';
import type { FieldMeta } from '../../shared/projects/schema/field.ts';

/** What we say of fields beyond JSON Schema; an editor shows it as part of the description. */
const own = ['origin', 'otherwise', 'unit', 'expects', 'unused', 'harmless', 'instead'];

/**
 * The JSON Schema of a configuration file.
 *
 * @param part Whether the file is `whole`, or a `layer`: what must be there may then stand in another one.
 */
export function editorSchema(schema: z.ZodType, title: string, part: 'whole' | 'layer'): object {
  const made = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // An optional field is seen twice: as itself, and as what may be left out.
      const { description } = jsonSchema;
      if (description !== undefined && !description.endsWith('.')) {
        jsonSchema.description = describe(jsonSchema);
      }
      for (const key of own) delete jsonSchema[key];
      if (part === 'layer') delete jsonSchema.required;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema, ...rest } = made;
  return { $schema, title, ...rest };
}

type Described = Pick<FieldMeta, 'description' | 'unit' | 'otherwise' | 'unused' | 'instead'>;

function describe(field: z.core.JSONSchema.BaseSchema): string {
  const { description, unit, otherwise, unused, instead } = field as Described;
  const sentences = [
    unit === undefined ? `${description}.` : `${description}, in ${unit}.`,
    ...(otherwise === undefined ? [] : [`Without it: ${otherwise}.`]),
    ...(unused === undefined ? [] : [`Not acted on: ${unused}.`]),
    ...(instead === undefined ? [] : [`Write ${instead}.`]),
  ];
  return sentences.join(' ');
}
