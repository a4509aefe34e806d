import { expected, type Outline } from '../../shared/projects/outline.ts';

/** A Markdown table of the fields of a table: what is allowed, what holds without it, what it means. */
export function fieldTable(outline: Outline): string {
  const rows = Object.entries(outline.properties ?? {}).map(([name, field]) => {
    const isRequired = outline.required?.includes(name) ?? false;
    return `| \`${name}\` | ${cell(typeOf(field))} | ${cell(defaultOf(field, isRequired))} | ${cell(meaningOf(field))} |`;
  });
  return ['| field | value | without it | |', '|---|---|---|---|', ...rows].join('\n');
}

function typeOf(field: Outline): string {
  const words = expected(field);
  const { type, properties, additionalProperties: each } = field;
  if (type === 'object' && properties) return 'a table, below';
  if (type === 'object' && typeof each === 'object' && each.properties) return 'tables, below';
  return words.replaceAll(/"[^"]*"/g, (text) => `\`${text}\``);
}

function defaultOf({ default: value, otherwise }: Outline, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (otherwise !== undefined) return otherwise;
  return value === undefined
    ? ''
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function meaningOf({ description = '', origin, unused, instead }: Outline): string {
  const sentences = [
    `${description}.`,
    ...(unused === undefined ? [] : [`*Not acted on: ${unused}.*`]),
    ...(instead === undefined ? [] : [`*Noted: write ${instead}.*`]),
    ...(origin === undefined ? [] : [`(${origin})`]),
  ];
  return sentences.join(' ');
}

/** A bar would end the cell. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
