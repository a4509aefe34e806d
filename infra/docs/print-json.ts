/** Widest line, as the formatter has it. */
const widest = 100;

/** JSON as the formatter writes it: lists on one line where they fit. */
export function printJson(value: unknown): string {
  return `${print(value, '', 0)}\n`;
}

/** @param used Characters that stand before the value on its line, its key for one. */
function print(value: unknown, indent: string, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object' || item === null);
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    // One more for the comma that may follow.
    if (isFlat && indent.length + used + line.length + 1 <= widest) return line;
    const items = value.map((item) => `${inner}${print(item, inner, 0)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).map(([key, field]) => {
    const start = `${JSON.stringify(key)}: `;
    return `${inner}${start}${print(field, inner, start.length)}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}
