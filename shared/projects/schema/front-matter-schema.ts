import { z } from 'zod';
import { field } from './field.ts';
import { text } from './values.ts';

/** The front matter of SKILL.md. */
export const frontMatterSchema = z.strictObject({
  name: field(text, { description: 'For people; the directory names the agent' }),
  description: field(text, {
    description: 'What the agent is for',
    otherwise: 'empty',
  }),
  license: field(text, { description: 'For people' }),
  compatibility: field(text, { description: 'For people; not enforced' }),
});
