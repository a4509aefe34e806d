import { z } from 'zod';
import { ifProblem } from '../../webhooks/condition.ts';
import { filtersOf } from '../../webhooks/providers.ts';
import { field, required } from './field.ts';
import { providerTypes } from './source-schema.ts';
import { checked, flag, name, text } from './values.ts';

/** What a filter wants: bounded, as every event is held against every one of them. */
const pattern = name.max(300);
const patterns = z.union([pattern, z.array(pattern).min(1).max(200)]);

/** Every filter of any provider, with the types that have it. */
function allFilters(): Map<string, { types: string[]; isFlag: boolean }> {
  const found = new Map<string, { types: string[]; isFlag: boolean }>();
  for (const type of providerTypes) {
    for (const [filter, { isFlag = false }] of Object.entries(filtersOf(type))) {
      const known = found.get(filter);
      if (known) known.types.push(type);
      else found.set(filter, { types: [type], isFlag });
    }
  }
  return found;
}

const filters: { [filter: string]: z.ZodOptional<typeof patterns> | z.ZodOptional<typeof flag> } =
  Object.fromEntries(
    [...allFilters()].map(([filter, { types, isFlag }]) => {
      const whose = types.length === providerTypes.length ? 'any type' : types.join(', ');
      const meta = { description: `Filter of ${whose}` };
      return [
        filter,
        isFlag
          ? field(flag, meta)
          : field(patterns, {
              ...meta,
              expects: 'a text of at most 300 characters, or a list of up to 200',
            }),
      ];
    }),
  );

/**
 * `[[webhooks]]` of an agent. Which filters there may be, its source's type says: they are checked where that is known, and
 * the schema lets others pass, though an editor does not.
 */
export const triggerSchema = z
  .looseObject({
    source: required(name, { description: 'A source of the project, under `[webhooks]` there' }),
    if: field(checked(text, ifProblem), {
      description: 'Expression over the event that must be true',
      origin: 'Drover',
    }),
    ...filters,
  })
  .meta({ additionalProperties: false });

export const filterNames = Object.keys(filters);

export type TriggerConfig = z.infer<typeof triggerSchema>;
